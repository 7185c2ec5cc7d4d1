use std::net::SocketAddr;
use std::time::Duration;

use catalog::{ResultsMessage, ResultsState};
use coverslip_hl7::{Receiver as Addressee, Reported, ResearchResults, SendConfig, send};
use flow::Abstention;
use laboratory::{ACCESSION, PATIENT, overridden, scored, signed};
use tokio::task::JoinHandle;
use tokio_util::sync::CancellationToken;

use crate::lab::{Lab, Tested, order};
use crate::line::field;
use crate::receiver::{Manner, Receiver};

const ACCEPTS: Manner = Manner::Says("AA", "");

fn config(address: SocketAddr) -> SendConfig {
    SendConfig {
        patience: Duration::from_millis(400),
        look: Duration::from_millis(10),
        gather: Duration::ZERO,
        away: Duration::from_millis(50),
        research: ResearchResults::Marked,
        ..SendConfig::new(Addressee {
            address: address.to_string(),
            application: "LIS".to_owned(),
            facility: "LAB".to_owned(),
        })
    }
}

/// Ends as a killed process does: in the middle.
struct Sending(JoinHandle<()>);

impl Drop for Sending {
    fn drop(&mut self) {
        self.0.abort();
    }
}

fn sending(lab: &Lab, config: SendConfig) -> Sending {
    let catalog = lab.catalog.clone();
    Sending(tokio::spawn(send(
        config,
        catalog,
        CancellationToken::new(),
    )))
}

async fn wanted(lab: &Lab) -> Tested {
    let until = chrono::Utc::now() + chrono::TimeDelta::days(1);
    lab.catalog.want_results(until).await?;
    Ok(())
}

fn are(states: &[ResultsState]) -> impl Fn(&[ResultsMessage]) -> bool + '_ {
    move |messages| messages.iter().map(|m| m.state).eq(states.iter().copied())
}

/// Of each OBX before the specimens: OBX-3, OBX-5 and OBX-11.
fn observations(message: &str) -> Vec<[String; 3]> {
    let lines = message
        .split('\r')
        .take_while(|line| !line.starts_with("SPM"));
    let lines = lines.filter(|line| line.starts_with("OBX"));
    let fields = |line: &str, n: usize| line.split('|').nth(n).unwrap_or_default().to_owned();
    lines
        .map(|line| [3, 5, 11].map(|n| fields(line, n)))
        .collect()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_case_is_told_as_preliminary_then_final_then_corrected() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(ACCEPTS).await?;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    let (case, result) = scored(&lab.catalog, b"a", None).await?;
    let _two = (
        sending(&lab, config(receiver.address)),
        sending(&lab, config(receiver.address)),
    );
    lab.results_where(are(&[ResultsState::Delivered])).await?;
    overridden(&lab.catalog, &result, "benign", None).await?;
    signed(&lab.catalog, case, &[result.slide], 1).await?;
    lab.results_where(are(&[ResultsState::Delivered; 2]))
        .await?;
    overridden(&lab.catalog, &result, "inflamed", Some(1)).await?;
    signed(&lab.catalog, case, &[result.slide], 2).await?;
    lab.results_where(are(&[ResultsState::Delivered; 3]))
        .await?;

    let told = receiver.told();
    let statuses: Vec<_> = told
        .iter()
        .map(|message| field(message, "OBR", 25))
        .collect();
    assert_eq!(statuses, ["P", "F", "C"], "each once, by two that send");
    for message in &told {
        assert_eq!(field(message, "MSH", 9), "ORU^R01^ORU_R01");
        assert_eq!(field(message, "MSH", 5), "LIS");
        assert_eq!(field(message, "PID", 3), PATIENT);
        assert_eq!(field(message, "OBR", 2), "PL1^LIS");
        assert_eq!(
            field(message, "OBR", 4),
            "phantom-tumour^phantom-tumour^99COVERSLIP"
        );
        assert_eq!(field(message, "OBR", 18), ACCESSION);
        assert_eq!(
            field(message, "SPM", 2),
            format!("^{}&COVERSLIP", result.slide)
        );
        assert!(message.contains("OBX|3|ST|127790008^Staining method^SCT||H\\T\\E||||||F\r"));
    }
    let mark = "research use only";
    let preliminary = observations(&told[0]);
    let called = |[what, value, status]: &[String; 3]| {
        what.starts_with("phantom-tumour^") && value.starts_with("tumour^") && status == "P"
    };
    assert!(preliminary.iter().any(called), "{preliminary:?}");
    let are_marked = |[what, _, status]: &[String; 3]| what.contains(mark) && status == "P";
    assert!(preliminary.iter().all(are_marked), "{preliminary:?}");
    assert!(told[0].contains("NTE|1||Preliminary"));

    let conclusion = "No tumour.\\.br\\CANARY\\F\\words";
    for (message, status, call) in [(&told[1], "F", "benign"), (&told[2], "C", "inflamed")] {
        assert!(!message.contains(mark), "{message}");
        let found = observations(message);
        assert!(found.iter().all(|[_, _, told]| told == status), "{found:?}");
        assert!(found[0][1].starts_with(conclusion), "{found:?}");
        assert!(found[1][1].starts_with(call), "{found:?}");
        assert_eq!(field(message, "OBR", 32), "&Dr. Gram");
    }
    assert!(told[2].contains("Amended: recounted"));
    let numbers: std::collections::BTreeSet<_> = told
        .iter()
        .map(|message| field(message, "MSH", 10))
        .collect();
    assert_eq!(numbers.len(), 3);
    assert_eq!(lab.n_recorded("results_sent").await?, 3);
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_for_research_does_not_leave_unless_told_to() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(ACCEPTS).await?;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    let (case, result) = scored(&lab.catalog, b"a", None).await?;
    let withheld = SendConfig {
        research: ResearchResults::default(),
        ..config(receiver.address)
    };
    let _sending = sending(&lab, withheld);
    use ResultsState::{Delivered, Superseded};
    lab.results_where(are(&[Superseded])).await?;
    assert!(receiver.told().is_empty(), "there was nothing else to tell");

    // A person's reading is none of it, before the signature and after.
    overridden(&lab.catalog, &result, "benign", None).await?;
    let (_, other) = scored(&lab.catalog, b"b", None).await?;
    let are_told = |n: usize| {
        move |m: &[ResultsMessage]| m.len() >= n && m[1..].iter().all(|m| m.state == Delivered)
    };
    let n_before = lab.results_where(are_told(2)).await?.len();
    for message in receiver.told() {
        let found = observations(&message);
        assert!(
            !found.is_empty() && !message.contains("research"),
            "{message}"
        );
        assert!(
            found.iter().all(|[_, said, _]| said.starts_with("benign^")),
            "{found:?}"
        );
    }
    signed(&lab.catalog, case, &[result.slide, other.slide], 1).await?;
    lab.results_where(are_told(n_before + 1)).await?;
    let told = receiver.told();
    let last = told.last().ok_or("a message")?;
    assert_eq!(field(last, "OBR", 25), "F");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_a_receiver_dies_with_comes_again_byte_for_byte() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Dies).await?;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    let abstains = Abstention::Uncertain { n_labels: 2 };
    scored(&lab.catalog, b"a", Some(abstains)).await?;
    let _sending = sending(&lab, config(receiver.address));
    let tried = lab.results_where(|m| m[0].n_unanswered == 1).await?;
    assert_eq!(tried[0].state, ResultsState::Pending);
    let why = tried[0].last_error.clone();
    assert_eq!(
        why.as_deref(),
        Some("the connection was closed before there was an answer")
    );
    // More of the case comes while the first is not taken.
    let (case, result) = scored(&lab.catalog, b"b", None).await?;
    signed(&lab.catalog, case, &[result.slide], 1).await?;
    receiver.change(ACCEPTS);
    use ResultsState::{Delivered, Superseded};
    lab.results_where(are(&[Delivered, Superseded, Delivered]))
        .await?;
    let told = receiver.told();
    assert_eq!(told.len(), 3);
    assert_eq!(told[0], told[1], "the same bytes");
    let [what, value, status] = &observations(&told[0])[1];
    assert!(
        what.starts_with("phantom-tumour^") && value.is_empty(),
        "{what} {value}"
    );
    assert_eq!(status, "X");
    assert!(told[0].contains("No answer: "));
    assert_eq!(field(&told[2], "OBR", 25), "F");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_process_that_is_killed_while_sending_leaves_its_message_to_the_next() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Hangs).await?;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    scored(&lab.catalog, b"a", None).await?;
    let killed = sending(&lab, config(receiver.address));
    receiver.told_so_many(1).await?;
    drop(killed);
    receiver.change(ACCEPTS);
    let lab = lab.again().await?;
    let _next = sending(&lab, config(receiver.address));
    lab.results_where(are(&[ResultsState::Delivered])).await?;
    let told = receiver.told();
    assert_eq!(told.len(), 2);
    assert_eq!(told[0], told[1], "the same bytes");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn a_receiver_that_is_away_is_waited_for() -> Tested {
    let lab = Lab::open().await?;
    let address = Receiver::start(ACCEPTS).await?.address;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    scored(&lab.catalog, b"a", None).await?;
    let _sending = sending(&lab, config(address));
    let tried = lab.results_where(|m| m[0].last_error.is_some()).await?;
    assert_eq!(
        tried[0].last_error.as_deref(),
        Some("the receiver cannot be connected to")
    );
    tokio::time::sleep(Duration::from_millis(300)).await;
    let receiver = Receiver::at(address, ACCEPTS).await?;
    let delivered = lab.results_where(are(&[ResultsState::Delivered])).await?;
    assert_eq!(delivered[0].n_attempts, 1);
    assert_eq!(receiver.told().len(), 1);
    assert_eq!(
        lab.n_recorded("results_sent").await?,
        1,
        "once, however often it is tried"
    );
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_refused_has_failed_with_the_reason_and_can_be_sent_again() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(Manner::Says("AE", "no such CANARY order")).await?;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    scored(&lab.catalog, b"a", None).await?;
    let _sending = sending(&lab, config(receiver.address));
    let failed = lab.results_where(are(&[ResultsState::Failed])).await?;
    let reason = failed[0].last_error.as_deref();
    assert_eq!(reason, Some("AE: no such CANARY order"));
    // It holds up nothing.
    receiver.change(ACCEPTS);
    scored(&lab.catalog, b"b", None).await?;
    use ResultsState::{Delivered, Failed};
    lab.results_where(are(&[Failed, Delivered])).await?;
    assert!(lab.catalog.replay_results("admin", failed[0].id).await?);
    lab.results_where(are(&[Delivered; 2])).await?;
    let told = receiver.told();
    assert_eq!(told[0], told[2], "the same bytes");
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_to_another_message_or_none_is_no_answer() -> Tested {
    for (manner, why) in [
        (
            Manner::SaysOfAnother,
            "the answer acknowledges no message of ours",
        ),
        (Manner::Hangs, "the receiver did not answer in time"),
    ] {
        let lab = Lab::open().await?;
        let receiver = Receiver::start(manner).await?;
        wanted(&lab).await?;
        lab.ask(&order("C1", "PL1")).await?;
        scored(&lab.catalog, b"a", None).await?;
        let _sending = sending(&lab, config(receiver.address));
        let tried = lab.results_where(|m| m[0].n_unanswered == 1).await?;
        assert_eq!(tried[0].last_error.as_deref(), Some(why));
    }
    Ok(())
}

#[tokio::test(flavor = "multi_thread")]
async fn where_signed_results_alone_are_sent_others_are_not() -> Tested {
    let lab = Lab::open().await?;
    let receiver = Receiver::start(ACCEPTS).await?;
    wanted(&lab).await?;
    lab.ask(&order("C1", "PL1")).await?;
    let (case, result) = scored(&lab.catalog, b"a", None).await?;
    let _sending = sending(
        &lab,
        SendConfig {
            reported: Reported::Signed,
            ..config(receiver.address)
        },
    );
    lab.results_where(are(&[ResultsState::Superseded])).await?;
    signed(&lab.catalog, case, &[result.slide], 1).await?;
    use ResultsState::{Delivered, Superseded};
    lab.results_where(are(&[Superseded, Delivered])).await?;
    let [told] = &receiver.told()[..] else {
        return Err("one message".into());
    };
    assert_eq!(field(told, "OBR", 25), "F");
    assert!(!told.contains("research"));
    Ok(())
}
