//! What is wrong with a table is named with its line.

use coverslip_evaluation::{
    EvaluationError, GroupColumns, Kind, Predictions, TableConfig, from_csv,
};

fn read(csv: &str) -> Result<Predictions, EvaluationError> {
    let config = TableConfig {
        positive: None,
        threshold: 0.5,
        by: GroupColumns::Usual,
    };
    from_csv(csv.as_bytes(), &config)
}

fn refusal(csv: &str) -> String {
    read(csv).expect_err("refused").to_string()
}

#[test]
fn forms_are_told_apart_by_their_columns() -> Result<(), EvaluationError> {
    let binary = read("slide,label,probability\na,0,0.5\nb,1,0.2\n")?.answers;
    assert_eq!(binary.kind, Kind::Binary { threshold: 0.5 });
    assert_eq!((binary.called, binary.truth), (vec![1, 0], vec![0, 1]));

    let classes = read("slide,label,probability_lobular,probability_ductal,probability_mixed\na,ductal,0.4,0.4,0.2\n")?.answers;
    assert_eq!(classes.kind, Kind::Classes);
    assert_eq!((classes.called, classes.truth), (vec![0], vec![1]));

    let grades = read(
        "slide,label,probability_10,probability_9,probability_8,predicted\na,9,0.3,0.6,0.1,10\n",
    )?
    .answers;
    assert_eq!(grades.kind, Kind::Grades);
    assert_eq!(grades.classes, ["8", "9", "10"]);
    assert_eq!((grades.called, grades.truth), (vec![2], vec![1]));

    let known =
        read("slide,label,probability_negative,probability_positive\na,negative,0.3,0.7\n")?;
    assert_eq!(
        (known.answers.called, known.answers.truth),
        (vec![1], vec![0])
    );
    let graded = "slide,label,probability_negative,probability_positive\na,positive 3,0.3,0.7\n";
    assert_eq!(read(graded)?.answers.truth, [1]);
    let nobody = read("slide,label,probability,patient\na,0,0.5,\nb,1,0.2,\n")?;
    assert_eq!(nobody.patients, None);
    Ok(())
}

#[test]
fn the_positive_class_is_never_guessed() -> Result<(), EvaluationError> {
    let csv = "slide,label,probability\na,benign,0.1\nb,tumour,0.9\n";
    assert!(refusal(csv).contains("say which one is positive"));
    let config = TableConfig {
        positive: Some("tumour".to_owned()),
        threshold: 0.5,
        by: GroupColumns::Usual,
    };
    let found = from_csv(csv.as_bytes(), &config)?;
    assert_eq!(found.answers.classes, ["benign", "tumour"]);
    Ok(())
}

#[test]
fn what_is_wrong_is_named() {
    assert!(refusal("slide,label\na,0\n").contains("`probability_CLASS`"));
    assert!(refusal("slide,probability\na,0\n").contains("`label`"));
    assert!(refusal("slide,label,probability\n").contains("no slide"));
    assert!(refusal("slide,label,probability\na,0,NaN\n").contains("line 2: `NaN`"));
    assert!(refusal("slide,label,probability\na,0,1.2\n").contains("line 2"));
    assert!(refusal("slide,label,probability\na,0,0.1\na,1,0.2\n").contains("line 3: slide `a`"));
    assert!(
        refusal("slide,label,probability_x,probability_y,probability_z\na,x,0.5,0.6,0\n")
            .contains("add up to 1.1")
    );
    assert!(
        refusal("slide,label,probability_x,probability_y,probability_z\na,w,0.5,0.5,0\n")
            .contains("`w` in column `label`")
    );
    let patients = "slide,label,probability,patient\na,0,0.1,p\nb,1,0.1,\n";
    assert!(refusal(patients).contains("line 3: column `patient` is empty"));
}

#[test]
fn names_are_no_groups() {
    let config = TableConfig {
        positive: None,
        threshold: 0.5,
        by: GroupColumns::Named(vec!["patient".to_owned()]),
    };
    let csv = b"slide,label,probability,patient\na,0,0.1,p\n";
    let refused = from_csv(csv, &config);
    assert!(matches!(refused, Err(EvaluationError::NotAGroup(column)) if column == "patient"));
}
