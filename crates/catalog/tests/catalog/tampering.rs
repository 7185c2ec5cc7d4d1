//! Somebody with every right in the database, who changes the audit trail and covers the traces as
//! far as they think.

use flow::Sha256Digest;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use sqlx::{AssertSqlSafe, Connection, Executor, PgConnection, Row, SqliteConnection};

use crate::place::{Error, Place, TestResult};

#[derive(Clone, Debug)]
pub(crate) enum Tampering {
    /// A column of an event set to other SQL.
    Changed {
        seq: u64,
        column: &'static str,
        to: String,
    },
    /// The same, with a hash that fits the event.
    ChangedWithHash {
        seq: u64,
    },
    /// The same, with every later hash and the end: the chain written anew.
    WrittenAnew {
        seq: u64,
    },
    Removed {
        seq: u64,
    },
    /// The last events, and nothing else.
    CutOff {
        from: u64,
    },
    /// The same, with what is kept of the end.
    CutOffClean {
        from: u64,
    },
    /// Later events moved up by one, and another put between.
    Inserted {
        seq: u64,
    },
    /// Behind the last one, in no chain.
    Added {
        seq: u64,
    },
    Swapped {
        first: u64,
        second: u64,
    },
    /// The hash alone of an event taken from another.
    HashTaken {
        seq: u64,
        from: u64,
    },
    EndChanged {
        last: u64,
    },
}

/// What it must show by.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Found {
    At(u64),
    ByHeadAlone,
}

impl Tampering {
    pub(crate) const fn found(&self) -> Found {
        Found::At(match *self {
            Self::WrittenAnew { .. } | Self::CutOffClean { .. } => return Found::ByHeadAlone,
            Self::Changed { seq, .. }
            | Self::Removed { seq }
            | Self::Inserted { seq }
            | Self::Added { seq }
            | Self::HashTaken { seq, .. } => seq,
            Self::ChangedWithHash { seq } => seq + 1,
            Self::CutOff { from } => from,
            Self::Swapped { first, .. } => first,
            Self::EndChanged { last } => last,
        })
    }
}

/// As many as that, of every kind, of events 1 to `last`; the same each time.
pub(crate) fn tamperings(n: usize, last: u64) -> Vec<Tampering> {
    let mut random = ChaCha8Rng::seed_from_u64(0x5EED);
    (0..n)
        .map(|kind| tampering(kind, last, &mut random))
        .collect()
}

fn tampering(kind: usize, last: u64, random: &mut ChaCha8Rng) -> Tampering {
    let seq = random.random_range(2..last - 1);
    let other = random.random_range(seq + 1..=last);
    let changed = |column, to: &str| Tampering::Changed {
        seq,
        column,
        to: to.to_owned(),
    };
    match kind % 17 {
        0 => changed("actor", "actor || ' '"),
        1 => changed("action", "'case_closed'"),
        2 => changed("slide", "coalesce(slide || '0', '00')"),
        3 => changed("detail", "replace(detail, ':', ': ')"),
        4 => changed("at_ms", "at_ms + 1"),
        5 => changed("slide", "CASE WHEN slide IS NULL THEN '' END"),
        6 => changed("hash", "NULL"),
        7 => Tampering::ChangedWithHash { seq },
        8 => Tampering::WrittenAnew { seq },
        9 => Tampering::Removed { seq },
        10 => Tampering::CutOff { from: other },
        11 => Tampering::CutOffClean { from: other },
        12 => Tampering::Inserted { seq },
        13 => Tampering::Added { seq: last + 1 },
        14 => Tampering::Swapped {
            first: seq,
            second: other,
        },
        15 => Tampering::HashTaken { seq, from: other },
        _ => Tampering::EndChanged { last },
    }
}

pub(crate) enum Connected {
    Sqlite(SqliteConnection),
    Postgres(PgConnection),
}

/// With the triggers gone that keep the trail.
pub(crate) struct Attacker {
    connection: Connected,
    triggers: Vec<String>,
}

/// One event as it is kept.
struct Event {
    seq: i64,
    at_ms: i64,
    actor: String,
    action: String,
    slide: Option<String>,
    detail: String,
    hash: Option<String>,
}

impl Attacker {
    pub(crate) async fn of(place: &Place) -> Result<Self, Error> {
        let mut attacker = Self {
            connection: place.connect().await?,
            triggers: Vec::new(),
        };
        attacker.disarm().await?;
        attacker
            .say(
                "CREATE TABLE audit_before AS SELECT * FROM audit;
                 CREATE TABLE audit_end_before AS SELECT * FROM audit_end",
            )
            .await?;
        Ok(attacker)
    }

    async fn disarm(&mut self) -> TestResult {
        match &mut self.connection {
            Connected::Postgres(connection) => {
                connection
                    .execute("ALTER TABLE audit DISABLE TRIGGER USER")
                    .await?;
            }
            Connected::Sqlite(connection) => {
                let sql = "SELECT name, sql FROM sqlite_master
                           WHERE type = 'trigger' AND tbl_name = 'audit'";
                for row in connection.fetch_all(sql).await? {
                    let drop = format!("DROP TRIGGER {}", row.get::<String, _>("name"));
                    connection.execute(AssertSqlSafe(drop)).await?;
                    self.triggers.push(row.get("sql"));
                }
            }
        }
        Ok(())
    }

    /// Leaves the catalog with its triggers, as others have it.
    pub(crate) async fn arm_again(&mut self) -> TestResult {
        for sql in std::mem::take(&mut self.triggers) {
            self.say(&sql).await?;
        }
        if let Connected::Postgres(connection) = &mut self.connection {
            connection
                .execute("ALTER TABLE audit ENABLE TRIGGER USER")
                .await?;
        }
        Ok(())
    }

    pub(crate) async fn say(&mut self, sql: &str) -> TestResult {
        let sql = AssertSqlSafe(sql.to_owned());
        match &mut self.connection {
            Connected::Sqlite(connection) => {
                sqlx::raw_sql(sql).execute(connection).await?;
            }
            Connected::Postgres(connection) => {
                sqlx::raw_sql(sql).execute(connection).await?;
            }
        }
        Ok(())
    }

    pub(crate) async fn tamper(&mut self, tampering: &Tampering) -> TestResult {
        let sql = match tampering {
            Tampering::Changed { seq, column, to } => {
                format!("UPDATE audit SET {column} = {to} WHERE seq = {seq}")
            }
            Tampering::ChangedWithHash { seq } => {
                self.change_actor(*seq).await?;
                return self.hash_anew(*seq, *seq).await;
            }
            Tampering::WrittenAnew { seq } => {
                self.change_actor(*seq).await?;
                self.hash_anew(*seq, u64::MAX).await?;
                fitting_end().to_owned()
            }
            Tampering::Removed { seq } => format!("DELETE FROM audit WHERE seq = {seq}"),
            Tampering::CutOff { from } => format!("DELETE FROM audit WHERE seq >= {from}"),
            Tampering::CutOffClean { from } => {
                format!("DELETE FROM audit WHERE seq >= {from}; {}", fitting_end())
            }
            Tampering::Inserted { seq } => format!(
                "UPDATE audit SET seq = -seq - 1 WHERE seq >= {seq};
                 UPDATE audit SET seq = -seq WHERE seq < 0;
                 INSERT INTO audit (seq, at_ms, actor, action, slide, detail, hash)
                 SELECT {seq}, at_ms, actor, action, slide, detail, hash FROM audit
                 WHERE seq = {seq} - 1;
                 UPDATE audit_end SET seq = seq + 1, chained = chained + 1"
            ),
            Tampering::Added { seq } => format!(
                "INSERT INTO audit (seq, at_ms, actor, action, slide, detail)
                 VALUES ({seq}, 7, 'nobody', 'logged_in', NULL, 'null');
                 UPDATE audit_end SET seq = seq + 1"
            ),
            Tampering::Swapped { first, second } => format!(
                "UPDATE audit SET seq = -1 WHERE seq = {first};
                 UPDATE audit SET seq = {first} WHERE seq = {second};
                 UPDATE audit SET seq = {second} WHERE seq = -1"
            ),
            Tampering::HashTaken { seq, from } => format!(
                "UPDATE audit SET hash = (SELECT taken.hash FROM audit AS taken
                 WHERE taken.seq = {from}) WHERE seq = {seq}"
            ),
            Tampering::EndChanged { .. } => "UPDATE audit_end SET hash =
                 (SELECT hash FROM audit WHERE seq = 1)"
                .to_owned(),
        };
        self.say(&sql).await
    }

    pub(crate) async fn undo(&mut self) -> TestResult {
        self.say(
            "DELETE FROM audit; INSERT INTO audit SELECT * FROM audit_before;
             DELETE FROM audit_end; INSERT INTO audit_end SELECT * FROM audit_end_before",
        )
        .await
    }

    async fn change_actor(&mut self, seq: u64) -> TestResult {
        self.say(&format!(
            "UPDATE audit SET actor = 'somebody else' WHERE seq = {seq}"
        ))
        .await
    }

    /// Gives events the hashes that they would have.
    async fn hash_anew(&mut self, first: u64, last: u64) -> TestResult {
        let events = self.events(first - 1).await?;
        let mut sql = String::new();
        let mut before = events[0].hash.clone().ok_or("a hash")?;
        let events = events[1..].iter();
        for event in events.take_while(|event| event.seq.cast_unsigned() <= last) {
            before = event.hashed(&before.parse()?);
            let seq = event.seq;
            sql += &format!("UPDATE audit SET hash = '{before}' WHERE seq = {seq};");
        }
        self.say(&sql).await
    }

    async fn events(&mut self, from: u64) -> Result<Vec<Event>, Error> {
        let sql = AssertSqlSafe(format!(
            "SELECT seq, at_ms, actor, action, slide, detail, hash FROM audit
             WHERE seq >= {from} ORDER BY seq"
        ));
        macro_rules! read {
            ($connection:expr) => {
                $connection
                    .fetch_all(sql)
                    .await?
                    .into_iter()
                    .map(|row| Event {
                        seq: row.get("seq"),
                        at_ms: row.get("at_ms"),
                        actor: row.get("actor"),
                        action: row.get("action"),
                        slide: row.get("slide"),
                        detail: row.get("detail"),
                        hash: row.get("hash"),
                    })
                    .collect()
            };
        }
        Ok(match &mut self.connection {
            Connected::Sqlite(connection) => read!(connection),
            Connected::Postgres(connection) => read!(connection),
        })
    }
}

impl Event {
    /// By what docs/audit.md says, independent of the catalog's own code.
    fn hashed(&self, before: &Sha256Digest) -> String {
        let text = |text: &str| {
            let mut bytes = (text.len() as u64).to_be_bytes().to_vec();
            bytes.extend_from_slice(text.as_bytes());
            bytes
        };
        let slide = match &self.slide {
            None => vec![0],
            Some(slide) => [vec![1], text(slide)].concat(),
        };
        let parts = [
            b"coverslip audit event 1\n".to_vec(),
            before.as_bytes().to_vec(),
            self.seq.to_be_bytes().to_vec(),
            self.at_ms.to_be_bytes().to_vec(),
            text(&self.actor),
            text(&self.action),
            slide,
            text(&self.detail),
        ];
        Sha256Digest::of(&parts.concat()).to_string()
    }
}

const fn fitting_end() -> &'static str {
    "UPDATE audit_end SET seq = (SELECT max(seq) FROM audit);
     UPDATE audit_end SET chained = seq,
     hash = (SELECT hash FROM audit WHERE audit.seq = audit_end.seq)"
}

impl Place {
    async fn connect(&self) -> Result<Connected, Error> {
        Ok(match self {
            Self::Sqlite(_) => Connected::Sqlite(self.sqlite_connection().await?),
            Self::Postgres(url) => Connected::Postgres(PgConnection::connect(url).await?),
        })
    }
}
