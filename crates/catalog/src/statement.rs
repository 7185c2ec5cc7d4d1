use flow::SlideId;
use sqlx::query::Query;
use sqlx::{Database, Encode, Type};

/// SQL that both kinds of database take, with its values.
pub(crate) struct Statement {
    pub(crate) purpose: Purpose,
    sql: &'static str,
    values: Vec<Value>,
}

/// What a statement is for, as errors tell it.
#[derive(Clone, Copy)]
pub(crate) struct Purpose {
    /// Ends the sentence that begins with "cannot".
    pub(crate) action: &'static str,
    /// The slide that must be there, for a row that refers to it.
    pub(crate) about: Option<SlideId>,
}

/// All that columns hold. The types are few, so that a column means the same in both databases:
/// times are milliseconds, ids and digests their text, structures JSON.
pub(crate) enum Value {
    Text(Option<String>),
    Integer(Option<i64>),
    Real(Option<f64>),
}

impl Statement {
    /// `sql` has its values as `$1`, `$2`, ...; it names the columns it selects, for a server
    /// refuses a prepared `SELECT *` once a newer version's migration has added a column.
    pub(crate) fn to(action: &'static str, sql: &'static str) -> Self {
        let about = None;
        Self {
            purpose: Purpose { action, about },
            sql,
            values: Vec::new(),
        }
    }

    /// Tells a slide that is not there from a failure.
    pub(crate) fn about(mut self, slide: SlideId) -> Self {
        self.purpose.about = Some(slide);
        self
    }

    /// Gives the next value.
    pub(crate) fn bind(mut self, value: impl Into<Value>) -> Self {
        self.values.push(value.into());
        self
    }

    pub(crate) fn query<DB>(self) -> Query<'static, DB, DB::Arguments>
    where
        DB: Database,
        Option<String>: Encode<'static, DB> + Type<DB>,
        Option<i64>: Encode<'static, DB> + Type<DB>,
        Option<f64>: Encode<'static, DB> + Type<DB>,
    {
        let query = sqlx::query(self.sql);
        self.values
            .into_iter()
            .fold(query, |query, value| match value {
                Value::Text(text) => query.bind(text),
                Value::Integer(number) => query.bind(number),
                Value::Real(number) => query.bind(number),
            })
    }
}

impl From<Option<String>> for Value {
    fn from(text: Option<String>) -> Self {
        Self::Text(text)
    }
}

impl From<String> for Value {
    fn from(text: String) -> Self {
        Self::Text(Some(text))
    }
}

impl From<&str> for Value {
    fn from(text: &str) -> Self {
        Self::Text(Some(text.to_owned()))
    }
}

impl From<Option<&str>> for Value {
    fn from(text: Option<&str>) -> Self {
        Self::Text(text.map(str::to_owned))
    }
}

impl From<Option<i64>> for Value {
    fn from(number: Option<i64>) -> Self {
        Self::Integer(number)
    }
}

impl From<i64> for Value {
    fn from(number: i64) -> Self {
        Self::Integer(Some(number))
    }
}

impl From<u32> for Value {
    fn from(number: u32) -> Self {
        Self::Integer(Some(number.into()))
    }
}

impl From<Option<f64>> for Value {
    fn from(number: Option<f64>) -> Self {
        Self::Real(number)
    }
}

impl From<f64> for Value {
    fn from(number: f64) -> Self {
        Self::Real(Some(number))
    }
}
