use chrono::{DateTime, Utc};
use flow::CaseId;
use serde_json::json;

use super::slide_place::read_name;
use crate::columns::{get, get_time, parse};
use crate::row::Row;
use crate::statement::Statement;
use crate::transaction::Transaction;
use crate::{AuditAction, AuditEvent, Catalog, CatalogError, PrivateName};

/// All the catalog says of one case but its orders, slides and signatures.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CaseRow {
    pub id: CaseId,
    pub accession: PrivateName,
    /// The pseudonym; `None` until an order names it.
    pub patient: Option<PrivateName>,
    /// The name of whoever shall read the case.
    pub assignee: Option<String>,
    pub standing: CaseStanding,
    pub opened_at: DateTime<Utc>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum CaseStanding {
    Open,
    /// A person signed it, once or more often.
    Signed,
}

/// A part of the list of cases, newest first.
#[derive(Clone, Copy, Debug)]
pub struct CasePage {
    pub standing: CaseStanding,
    /// The last case of the page before.
    pub after: Option<CaseId>,
    pub limit: u32,
}

macro_rules! case_columns {
    () => {
        "id, accession, patient, assignee, standing, opened_at_ms"
    };
}

impl Catalog {
    /// The case with this accession number, opened now if there is none. A patient who was not
    /// known is noted; one who was is never replaced, so compare.
    pub async fn open_case(
        &self,
        accession: &PrivateName,
        patient: Option<&PrivateName>,
    ) -> Result<CaseRow, CatalogError> {
        let mut transaction = self.records.begin(OPEN).await?;
        let case = open_case(&mut transaction, accession, patient).await?;
        transaction.commit().await?;
        Ok(case)
    }

    /// A case that must be there.
    ///
    /// # Errors
    /// [`CatalogError::UnknownCase`] if it is not.
    pub async fn known_case(&self, id: CaseId) -> Result<CaseRow, CatalogError> {
        let statement = Statement::to(
            "read a case",
            concat!("SELECT ", case_columns!(), " FROM cases WHERE id = $1"),
        )
        .bind(id.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        read_case(&row.ok_or(CatalogError::UnknownCase { id })?)
    }

    /// The case with exactly this accession number.
    pub async fn case_of_accession(
        &self,
        accession: &PrivateName,
    ) -> Result<Option<CaseRow>, CatalogError> {
        let statement = Statement::to(
            "look up a case",
            concat!(
                "SELECT ",
                case_columns!(),
                " FROM cases WHERE accession = $1"
            ),
        )
        .bind(accession.reveal());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| read_case(&row)).transpose()
    }

    /// All cases of a patient, the newest first.
    pub async fn cases_of_patient(
        &self,
        patient: &PrivateName,
    ) -> Result<Vec<CaseRow>, CatalogError> {
        let statement = Statement::to(
            "list the cases of a patient",
            concat!(
                "SELECT ",
                case_columns!(),
                " FROM cases WHERE patient = $1 ORDER BY opened_at_ms DESC, id DESC"
            ),
        )
        .bind(patient.reveal());
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_case).collect()
    }

    /// Newest first. An `after` that is not in the catalog gives an empty page.
    pub async fn cases(&self, page: CasePage) -> Result<Vec<CaseRow>, CatalogError> {
        let after = match page.after {
            None => Some((i64::MAX, String::new())),
            Some(after) => self.place_in_list(after).await?,
        };
        let Some((opened_at_ms, id)) = after else {
            return Ok(Vec::new());
        };
        let statement = Statement::to(
            "list cases",
            concat!(
                "SELECT ",
                case_columns!(),
                " FROM cases WHERE standing = $1 AND (opened_at_ms, id) < ($2, $3)
                 ORDER BY opened_at_ms DESC, id DESC LIMIT $4"
            ),
        )
        .bind(page.standing.name())
        .bind(opened_at_ms)
        .bind(id)
        .bind(page.limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_case).collect()
    }

    /// Cases whose accession number begins so, in any case of letters; the newest first.
    pub async fn cases_by_accession(
        &self,
        start: &PrivateName,
        limit: u32,
    ) -> Result<Vec<CaseRow>, CatalogError> {
        let statement = Statement::to(
            "search cases",
            concat!(
                "SELECT ",
                case_columns!(),
                " FROM cases WHERE lower(substr(accession, 1, length($1))) = lower($1)
                 ORDER BY opened_at_ms DESC, id DESC LIMIT $2"
            ),
        )
        .bind(start.reveal())
        .bind(limit);
        let rows = self.readers.fetch_all(statement).await?;
        rows.iter().map(read_case).collect()
    }

    /// Says who shall read the case; `None` takes the name away. The audit trail says that `actor`
    /// did.
    pub async fn assign_case(
        &self,
        actor: &str,
        id: CaseId,
        assignee: Option<&str>,
    ) -> Result<(), CatalogError> {
        let statement = Statement::to(
            "assign a case",
            "UPDATE cases SET assignee = $2 WHERE id = $1",
        )
        .bind(id.to_string())
        .bind(assignee);
        let event = AuditEvent {
            actor: actor.to_owned(),
            action: AuditAction::CaseAssigned,
            slide: None,
            detail: json!({ "case": id }),
        };
        match self.records.execute_on_record(statement, event).await? {
            0 => Err(CatalogError::UnknownCase { id }),
            _ => Ok(()),
        }
    }

    async fn place_in_list(&self, id: CaseId) -> Result<Option<(i64, String)>, CatalogError> {
        let statement = Statement::to(
            "find a page of cases",
            "SELECT opened_at_ms, id FROM cases WHERE id = $1",
        )
        .bind(id.to_string());
        let row = self.readers.fetch_optional(statement).await?;
        row.map(|row| Ok((get(&row, "opened_at_ms")?, get(&row, "id")?)))
            .transpose()
    }
}

const OPEN: &str = "open a case";

/// As [`Catalog::open_case`], as a part of `transaction`.
pub(super) async fn open_case(
    transaction: &mut Transaction,
    accession: &PrivateName,
    patient: Option<&PrivateName>,
) -> Result<CaseRow, CatalogError> {
    let insert = Statement::to(
        OPEN,
        "INSERT INTO cases (id, accession, standing, opened_at_ms) VALUES ($1, $2, $3, $4)
         ON CONFLICT (accession) DO NOTHING",
    )
    .bind(CaseId::from_bytes(rand::random()).to_string())
    .bind(accession.reveal())
    .bind(CaseStanding::Open.name())
    .bind(Utc::now().timestamp_millis());
    transaction.execute(insert).await?;
    if let Some(patient) = patient {
        let note = Statement::to(
            OPEN,
            "UPDATE cases SET patient = $2 WHERE accession = $1 AND patient IS NULL",
        )
        .bind(accession.reveal())
        .bind(patient.reveal());
        transaction.execute(note).await?;
    }
    let read = Statement::to(
        OPEN,
        concat!(
            "SELECT ",
            case_columns!(),
            " FROM cases WHERE accession = $1"
        ),
    );
    let read = read.bind(accession.reveal());
    read_case(&transaction.fetch_one(read).await?)
}

impl CaseStanding {
    pub(crate) const fn name(self) -> &'static str {
        match self {
            Self::Open => "open",
            Self::Signed => "signed",
        }
    }
}

fn read_case(row: &Row) -> Result<CaseRow, CatalogError> {
    let accession: String = get(row, "accession")?;
    let standing: String = get(row, "standing")?;
    Ok(CaseRow {
        id: parse(row, "id")?,
        accession: PrivateName::new(&accession).map_err(CatalogError::damaged("accession"))?,
        patient: read_name(row, "patient")?,
        assignee: get(row, "assignee")?,
        standing: match standing.as_str() {
            "signed" => CaseStanding::Signed,
            _ => CaseStanding::Open,
        },
        opened_at: get_time(row, "opened_at_ms")?,
    })
}
