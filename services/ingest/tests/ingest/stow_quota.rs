//! How many slides one key may store as DICOM instances.

use catalog::{Role, UploadQuota};
use coverslip_ingest::ReceiveConfig;

use crate::dicom_files::{painted, uids};
use crate::lab::{Lab, Tested};
use crate::stow_client::Client;

const ONE_A_DAY: UploadQuota = UploadQuota {
    most_unfinished_bytes: None,
    most_slides_a_day: Some(1),
};

#[tokio::test(flavor = "multi_thread")]
async fn a_key_stores_so_many_slides_a_day_and_all_else_of_them() -> Tested {
    let lab = Lab::open().await?;
    let config = ReceiveConfig {
        quota: ONE_A_DAY,
        ..ReceiveConfig::default()
    };
    let client = Client::with(&lab, Role::Scanner, config).await?;
    let (first, second) = (painted(&uids(1)?, 1)?, painted(&uids(2)?, 2)?);
    // The second slide is one too many; a smaller level is none.
    let answer = client.store(&[&first[0], &second[0], &second[1]]).await?;
    assert_eq!((answer.status, answer.stored()?.len()), (202, 2));
    assert_eq!(answer.reasons()?, [42752]);
    let files = lab.files();
    let answer = client.store(&[&second[0]]).await?;
    assert_eq!((answer.status, answer.reasons()?), (409, vec![42752]));
    assert_eq!(lab.files(), files, "nothing of it is kept");
    // Whoever lost the answer is told again that the first is stored.
    assert_eq!(client.store(&[&first[0]]).await?.status, 200);
    let other = Client::with(&lab, Role::Scanner, config).await?;
    assert_eq!(other.store(&[&second[0]]).await?.status, 200);
    Ok(())
}
