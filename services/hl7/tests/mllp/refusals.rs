use crate::lab::{ACCESSION, Lab, PATIENT, Tested, order};
use crate::line::field;

/// What is changed in a good message, and the code, location and error of its answer.
const WRONG: [(&str, &str, [&str; 3]); 27] = [
    (
        "OML^O21^OML_O21",
        "ADT^A01^ADT_A01",
        ["AR", "MSH^1^9", "200"],
    ),
    (
        "OML^O21^OML_O21",
        "OML^O33^OML_O33",
        ["AR", "MSH^1^9", "201"],
    ),
    ("|P|2.5.1", "|T|2.5.1", ["AR", "MSH^1^11", "202"]),
    ("|P|2.5.1", "|P|2.3", ["AR", "MSH^1^12", "203"]),
    ("|C1|", "||", ["AE", "MSH^1^10", "101"]),
    ("LIS^1.2.3^ISO|LAB", "|", ["AE", "MSH^1^3", "101"]),
    ("UNICODE UTF-8", "UNICODE UTF-16", ["AE", "MSH^1^18", "103"]),
    ("PV1|1|I\r", "hello\r", ["AE", "MSH^1", "100"]),
    ("PID|1|", "NTE|1|", ["AE", "PID^1", "100"]),
    ("PV1|1|I\r", "PID|2||P\r", ["AE", "PID^2", "100"]),
    ("PV1|1|I\r", "OBR|1\r", ["AE", "OBR^1", "100"]),
    (PATIENT, "", ["AE", "PID^1^3", "101"]),
    (PATIENT, "P1~P2", ["AE", "PID^1^3", "102"]),
    ("ORC|NW", "ORC|CA", ["AE", "ORC^1^1", "103"]),
    ("ORC|NW", "ORC|", ["AE", "ORC^1^1", "103"]),
    ("PL1^LIS", "", ["AE", "ORC^1^2", "101"]),
    ("ORC|NW|PL1", "ORC|NW|PL2", ["AE", "ORC^1^2", "102"]),
    ("OBR|1|", "NTE|1|", ["AE", "OBR^1", "100"]),
    ("99COVERSLIP", "L", ["AE", "OBR^1^4", "103"]),
    ("phantom-tumour^", "no task^", ["AE", "OBR^1^4", "103"]),
    ("TQ1|1||||||||A", "TQ1|1||||||||T", ["AE", "TQ1^1^9", "103"]),
    (
        "SPM|1|SP-1",
        "SPM|1|SP-1\rSPM|2|SP-2",
        ["AE", "SPM^2", "100"],
    ),
    ("SAC||", "NTE||", ["AE", "SAC^1", "100"]),
    (ACCESSION, "", ["AE", "SAC^1^2", "101"]),
    (ACCESSION, "\\X1C\\\x07", ["AE", "SAC^1^2", "102"]),
    (
        "|A1|A",
        "|A1234567890123456789012345678901234567890123456789012345678901234|A",
        ["AE", "SAC^1^3", "102"],
    ),
    (
        "OBX|1|",
        "OBX|1|ST|127790008^^SCT||HMB45\rOBX|2|",
        ["AE", "OBX^2", "100"],
    ),
];

#[tokio::test]
async fn what_is_wrong_is_told_with_its_place_and_remedy_and_has_no_effect() -> Tested {
    let lab = Lab::open().await?;
    let mut line = lab.line().await?;
    for (n, (old, new, expected)) in WRONG.into_iter().enumerate() {
        let message = order("C1", "PL1");
        assert!(message.contains(old), "{old}");
        let message = match old {
            "PL1^LIS" => message.replace(old, new),
            _ => message.replacen(old, new, 1),
        };
        let message = message.replace("|C1|", &format!("|R{n}|"));
        let answer = line.ask(message.as_bytes()).await?;
        let (code, place) = (field(&answer, "MSA", 1), field(&answer, "ERR", 2));
        let error = field(&answer, "ERR", 3);
        let error = error.split('^').next().unwrap_or_default();
        assert_eq!(
            [&*code, &*place, error],
            expected,
            "{old} -> {new}: {answer}"
        );
        assert!(field(&answer, "ERR", 8).len() > 20, "{answer}");
        assert!(!answer.contains("CANARY"), "{answer}");
    }
    assert!(lab.orders().await?.is_empty());
    Ok(())
}

#[tokio::test]
async fn another_message_under_a_control_id_is_refused_and_the_first_stands() -> Tested {
    let lab = Lab::open().await?;
    let mut line = lab.line().await?;
    let first = line.ask(order("C1", "PL1").as_bytes()).await?;
    for other in [
        order("C1", "PL2"),
        order("C1", "PL1").replace("JANE", "JOAN"),
    ] {
        let refused = line.ask(other.as_bytes()).await?;
        assert_eq!(field(&refused, "MSA", 1), "AE", "{refused}");
        assert_eq!(field(&refused, "ERR", 2), "MSH^1^10");
        assert!(field(&refused, "ERR", 3).starts_with("205^"), "{refused}");
    }
    assert_eq!(line.ask(order("C1", "PL1").as_bytes()).await?, first);
    assert_eq!(lab.orders().await?.len(), 1);
    // Of another sender it is another number.
    let elsewhere = order("C1", "PL1").replace("LIS^1.2.3^ISO|LAB", "OTHER|");
    assert_eq!(
        field(&line.ask(elsewhere.as_bytes()).await?, "MSA", 1),
        "AA"
    );
    Ok(())
}

#[tokio::test]
async fn orders_that_are_not_what_they_claim_are_refused_as_by_rest() -> Tested {
    let lab = Lab::open().await?;
    let mut line = lab.line().await?;
    line.ask(order("C1", "PL1").as_bytes()).await?;
    for (n, (old, new, place)) in [
        (PATIENT, "P-2", "PID^1^3"),
        ("|A1|A", "|A2|A", "ORC^1^2"),
        ("TQ1|1||||||||A", "TQ1|1||||||||S", "ORC^1^2"),
    ]
    .into_iter()
    .enumerate()
    {
        let placer = if n == 1 { "PL1" } else { "PL2" };
        let message = order(&format!("D{n}"), placer).replace(old, new);
        let refused = line.ask(message.as_bytes()).await?;
        let (code, told) = (field(&refused, "MSA", 1), field(&refused, "ERR", 2));
        assert_eq!((&*code, &*told), ("AE", place), "{refused}");
        assert_eq!(line.ask(message.as_bytes()).await?, refused);
    }
    assert_eq!(lab.orders().await?.len(), 1);
    Ok(())
}
