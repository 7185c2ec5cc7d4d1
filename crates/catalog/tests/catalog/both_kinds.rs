/// One test of each kind of catalog for each promise.
macro_rules! kept_by_both {
    ($($promise:ident)*) => {
        mod in_sqlite {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() -> crate::place::TestResult {
                super::$promise(crate::place::Place::sqlite()?).await
            })*
        }

        mod on_postgres {
            $(#[tokio::test(flavor = "multi_thread", worker_threads = 4)]
            async fn $promise() -> crate::place::TestResult {
                super::$promise(crate::place::Place::postgres()?).await
            })*
        }
    };
}

pub(crate) use kept_by_both;
