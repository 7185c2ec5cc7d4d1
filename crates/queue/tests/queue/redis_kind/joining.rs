use std::error::Error;

use coverslip_queue::{Queue, QueueError, RedisConfig};
use flow::SlideReceived;

use crate::messages::received;
use crate::redis_server::RedisServer;
use crate::subject::TestResult;

/// The error, its causes and its debug form.
fn all_that_is_said(error: &QueueError) -> String {
    let mut said = format!("{error} {error:?}");
    let mut cause = error.source();
    while let Some(error) = cause {
        said += &format!(" {error} {error:?}");
        cause = error.source();
    }
    said
}

#[tokio::test]
async fn a_wrong_password_is_told_and_none_is_shown() -> TestResult {
    let server = RedisServer::start()?;
    let open = server.config()?;
    let address = open.url.to_string().replace("redis://", "");
    let with = |user: &str| -> Result<RedisConfig, Box<dyn Error>> {
        let url = format!("redis://{user}{address}").parse()?;
        Ok(RedisConfig::new(url))
    };
    server
        .ask::<()>(&["CONFIG", "SET", "requirepass", "hunter2"])
        .await?;
    for user in ["", ":hunter3@"] {
        let refused = Queue::redis(with(user)?).await;
        let error = refused.err().ok_or("it should be refused")?;
        let said = all_that_is_said(&error);
        assert!(said.contains("user and password"), "{said}");
        assert!(!said.contains("hunter"), "{said}");
    }
    let queue = Queue::redis(with(":hunter2@")?).await?;
    queue.publish(&received(1)).await?;
    queue.subscribe::<SlideReceived>().next().await.ack();
    Ok(())
}

#[tokio::test]
async fn a_server_that_is_not_there_is_told_of() -> TestResult {
    let mut server = RedisServer::start()?;
    server.kill()?;
    let refused = Queue::redis(server.config()?).await;
    let error = refused.err().ok_or("nobody is there")?;
    let said = error.to_string();
    assert!(said.contains("see that it runs"), "{said}");
    Ok(())
}

#[tokio::test]
async fn keys_of_another_program_are_told_of() -> TestResult {
    let server = RedisServer::start()?;
    let queue = Queue::redis(server.config()?).await?;
    server
        .ask::<()>(&["SET", "coverslip:{slide-received}:messages", "mine"])
        .await?;
    let error = queue.publish(&received(1)).await.expect_err("it is taken");
    let said = all_that_is_said(&error);
    assert!(said.contains("choose another key prefix"), "{said}");
    let config = RedisConfig {
        prefix: "other".to_owned(),
        ..server.config()?
    };
    Ok(Queue::redis(config).await?.publish(&received(1)).await?)
}
