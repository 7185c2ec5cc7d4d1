//! Both kinds of storage keep the same promises.

use coverslip_store::Store;

use crate::promises::{self, TestResult};
use crate::seaweed::Corner;

/// One test of each kind of storage for each promise.
macro_rules! kept_by_both {
    ($($promise:ident)*) => {
        mod on_the_local_disk {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() -> super::TestResult {
                let folder = tempfile::tempdir()?;
                super::promises::$promise(&super::Store::local(folder.path())?).await
            })*
        }

        mod on_s3 {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() -> super::TestResult {
                let corner = super::Corner::new()?;
                super::promises::$promise(&corner.store().await?).await
            })*
        }
    };
}

kept_by_both! {
    what_is_put_can_be_read_whole_and_in_part
    an_empty_object_is_an_object
    what_is_missing_is_told_from_what_fails
    the_same_bytes_may_be_put_again_and_no_others
    keys_do_not_share_bytes
    a_range_that_leaves_the_object_is_refused
    any_range_holds_the_bytes_it_names
    of_many_who_put_one_key_one_wins_and_the_others_are_told
    nobody_sees_a_part_of_an_object
    a_finished_file_is_moved_into_place
    a_file_that_is_not_ours_is_neither_taken_nor_harmed
    an_upload_is_hashed_on_its_way_in
    an_upload_of_nothing_is_an_empty_file
    two_files_are_not_adopted_under_one_key
    a_removed_part_is_gone_and_others_stay
}
