use std::time::Duration;

use coverslip_hl7::{ListenConfig, Peers};

use crate::lab::{Lab, Tested, order};
use crate::line::{field, frame};

#[tokio::test]
async fn frames_come_in_any_pieces_and_several_at_once() -> Tested {
    let lab = Lab::open().await?;
    let whole = frame(order("C1", "PL1").as_bytes());
    let mut line = lab.line().await?;
    for piece in whole.chunks(7) {
        line.send(piece).await?;
        tokio::time::sleep(Duration::from_micros(200)).await;
    }
    let first = line.answer().await?.ok_or("an answer")?;
    line.send(&[whole.clone(), whole, b"\r\n".to_vec()].concat())
        .await?;
    let answers = line.answers().await?;
    assert_eq!(answers, [first.clone(), first]);
    assert_eq!(lab.orders().await?.len(), 1);
    Ok(())
}

#[tokio::test]
async fn what_is_no_whole_message_is_not_answered_and_the_listener_goes_on() -> Tested {
    let lab = Lab::open().await?;
    let message = order("C1", "PL1");
    let whole = frame(message.as_bytes());
    let n_bytes = whole.len();
    let mut garbage: Vec<u8> = (0..4_096_u32)
        .map(|n| (n.wrapping_mul(2_654_435_761) >> 24) as u8)
        .collect();
    garbage.retain(|byte| !matches!(byte, 0x0b | 0x1c));
    for (what, bytes) in [
        ("no start", whole[1..].to_vec()),
        (
            "no separator at the end",
            [&whole[..n_bytes - 2], b"\r"].concat(),
        ),
        ("no end", whole[..n_bytes - 1].to_vec()),
        ("cut", whole[..n_bytes / 2].to_vec()),
        ("nested", [&whole[..40], &whole[..]].concat()),
        ("too long", frame(&vec![b'x'; 1024 * 1024 + 1])),
        (
            "never ends",
            [vec![0x0b], vec![b'x'; 3 * 1024 * 1024]].concat(),
        ),
        ("no message", frame(b"hello")),
        ("a name alone", frame(b"MSH")),
        ("nothing", frame(b"")),
        ("garbage", frame(&garbage)),
        (
            "garbage after a header",
            frame(&[b"MSH|", &garbage[..]].concat()),
        ),
    ] {
        let mut line = lab.line().await?;
        // The other end may have gone while this is on its way.
        let _ = line.send(&bytes).await;
        assert!(line.answers().await?.is_empty(), "{what}");
    }
    assert!(lab.orders().await?.is_empty());
    let answer = lab.ask(&message).await?;
    assert_eq!(field(&answer, "MSA", 1), "AA");
    Ok(())
}

#[tokio::test]
async fn a_byte_that_is_wrong_anywhere_is_refused_or_is_another_good_message() -> Tested {
    let lab = Lab::open().await?;
    let whole = order("C1", "PL1").into_bytes();
    for (n, place) in (0..whole.len()).step_by(5).enumerate() {
        let mut wrong = whole.clone();
        wrong[place] = [0x00, 0xff, b'|', b'\r', b'\\', b'~'][n % 6];
        let mut line = lab.line().await?;
        line.send(&frame(&wrong)).await?;
        for answer in line.answers().await? {
            let answer = String::from_utf8_lossy(&answer);
            let code = field(&answer, "MSA", 1);
            assert!(["AA", "AE", "AR"].contains(&&*code), "{place}: {answer}");
        }
    }
    let answer = lab
        .ask(&order("C2", "PL2").replace("|A1|A", "|A9|A"))
        .await?;
    assert_eq!(field(&answer, "MSA", 1), "AA", "{answer}");
    Ok(())
}

#[tokio::test]
async fn others_and_too_many_are_turned_away_and_the_slow_are_not_waited_for() -> Tested {
    let strangers = Peers::Networks(vec!["10.0.0.0/8".parse()?]);
    let closed = Lab::listening(ListenConfig::new(strangers)).await?;
    assert!(closed.line().await?.answer().await?.is_none());

    let lab = Lab::listening(ListenConfig {
        most_connections: 2,
        patience: Duration::from_millis(300),
        ..ListenConfig::new(Peers::Loopback)
    })
    .await?;
    let (mut first, mut second) = (lab.line().await?, lab.line().await?);
    first.ask(order("C1", "PL1").as_bytes()).await?;
    second.ask(order("C1", "PL1").as_bytes()).await?;
    assert!(lab.line().await?.answer().await?.is_none(), "the third");
    // The first says nothing, which it may; the second does not end what it began.
    second.send(b"\x0bMSH|").await?;
    assert!(second.answer().await?.is_none());
    first.ask(order("C1", "PL1").as_bytes()).await?;
    // The place is free a moment after the line is closed.
    tokio::time::sleep(Duration::from_millis(200)).await;
    let answer = lab.ask(&order("C1", "PL1")).await?;
    assert_eq!(field(&answer, "MSA", 1), "AA");
    Ok(())
}
