use std::net::{IpAddr, Ipv4Addr};
use std::sync::Arc;
use std::time::Duration;

use catalog::ResultsState;
use coverslip_hl7::{
    Certificates, ListenConfig, Peers, Receiver, ResearchResults, SendConfig, send,
};
use laboratory::scored;
use rustls::ClientConfig;
use servers::certificate_in;
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;
use tokio_rustls::TlsConnector;
use tokio_util::sync::CancellationToken;

use crate::lab::{Failure, Lab, Tested, order};
use crate::line::{field, frame};

/// One certificate that vouches for itself is everybody's.
fn certificates(folder: &tempfile::TempDir) -> Result<Certificates, Failure> {
    let own = certificate_in(folder.path())?;
    Ok(Certificates {
        authorities: Some(own.0.clone()),
        own: Some(own),
    })
}

async fn certified(certificates: &Certificates) -> Result<Lab, Failure> {
    Lab::listening(ListenConfig {
        tls: certificates.server()?,
        patience: Duration::from_secs(2),
        ..ListenConfig::new(Peers::Certified)
    })
    .await
}

async fn asked(lab: &Lab, config: Arc<ClientConfig>) -> Result<String, Failure> {
    let stream = TcpStream::connect(lab.address()).await?;
    let name = IpAddr::from(Ipv4Addr::LOCALHOST).into();
    let mut stream = TlsConnector::from(config).connect(name, stream).await?;
    stream
        .write_all(&frame(order("C1", "PL1").as_bytes()))
        .await?;
    let (mut bytes, mut buffer) = (Vec::new(), [0; 4096]);
    while !bytes.ends_with(b"\x1c\r") {
        match stream.read(&mut buffer).await? {
            0 => return Err("the line was closed".into()),
            n => bytes.extend_from_slice(&buffer[..n]),
        }
    }
    Ok(String::from_utf8(bytes)?)
}

#[tokio::test]
async fn whoever_orders_shows_a_certificate_where_that_is_asked_for() -> Tested {
    let folder = tempfile::tempdir()?;
    let certificates = certificates(&folder)?;
    let lab = certified(&certificates).await?;
    let known = certificates.client()?.ok_or("a client")?;
    let answer = asked(&lab, known).await?;
    assert!(answer.contains("MSA|AA|C1"), "{answer}");
    assert_eq!(lab.orders().await?.len(), 1);

    let nobody = Certificates {
        own: None,
        ..certificates
    };
    let nobody = nobody.client()?.ok_or("a client")?;
    assert!(asked(&lab, nobody).await.is_err());
    let mut plain = lab.line().await?;
    plain.send(&frame(order("C2", "PL2").as_bytes())).await?;
    assert_eq!(plain.answers().await?.len(), 0);
    assert_eq!(lab.orders().await?.len(), 1);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn results_go_by_tls_to_a_receiver_that_is_vouched_for() -> Tested {
    let folder = tempfile::tempdir()?;
    let certificates = certificates(&folder)?;
    // Our own listener takes no results, but says so.
    let receiver = certified(&certificates).await?;
    let lab = Lab::open().await?;
    let until = chrono::Utc::now() + chrono::TimeDelta::days(1);
    lab.catalog.want_results(until).await?;
    lab.ask(&order("C1", "PL1")).await?;
    scored(&lab.catalog, b"a", None).await?;
    let config = SendConfig {
        research: ResearchResults::Marked,
        tls: certificates.client()?,
        gather: Duration::ZERO,
        look: Duration::from_millis(10),
        ..SendConfig::new(Receiver {
            address: receiver.address().to_string(),
            application: String::new(),
            facility: String::new(),
        })
    };
    let sending = send(config, lab.catalog.clone(), CancellationToken::new());
    let sending = tokio::spawn(sending);
    let failed = lab
        .results_where(|messages| messages[0].state == ResultsState::Failed)
        .await?;
    let reason = failed[0].last_error.as_deref().unwrap_or_default();
    assert!(reason.starts_with("AR: orders are taken here"), "{reason}");
    let sent = failed[0].body.as_deref().unwrap_or_default();
    assert_eq!(field(sent, "OBR", 25), "P");
    sending.abort();
    Ok(())
}

#[test]
fn files_that_hold_no_certificate_are_named() -> Tested {
    let folder = tempfile::tempdir()?;
    let empty = folder.path().join("empty.pem");
    std::fs::write(&empty, "nothing")?;
    let certificates = Certificates {
        own: Some((empty.clone(), empty.clone())),
        authorities: Some(empty),
    };
    for refused in [
        certificates.server().err().map(|error| error.to_string()),
        certificates.client().err().map(|error| error.to_string()),
    ] {
        assert!(refused.is_some_and(|said| said.contains("empty.pem")));
    }
    Ok(())
}
