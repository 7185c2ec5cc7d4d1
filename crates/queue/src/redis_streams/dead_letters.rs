use std::collections::HashMap;

use redis::RedisResult;

use super::lane::Lane;
use crate::dead_letter::{DeadLetterId, Redriven, Remains};
use crate::{DEAD_LETTERS, QueueError};

impl Lane {
    /// Oldest first.
    pub(crate) async fn dead_letters(&self) -> Result<Vec<Remains>, QueueError> {
        let letters = self.read_dead_letters().await;
        let letters = letters.map_err(self.failed("list the dead letters of"))?;
        Ok(letters.into_iter().filter_map(remains).collect())
    }

    pub(crate) async fn redrive(&self, letter: DeadLetterId) -> Result<Redriven, QueueError> {
        let redis = self.redis();
        let mut redrive = self.call(&redis.scripts.redrive);
        redrive.arg(letter.to_string()).arg(redis.config.capacity);
        let n_redriven: u32 = self
            .run(&redrive)
            .await
            .map_err(self.failed("redrive a dead letter of"))?;
        Ok(match n_redriven {
            0 => Redriven::NotThere,
            _ => Redriven::Done,
        })
    }

    async fn read_dead_letters(&self) -> RedisResult<Vec<Letter>> {
        let mut range = redis::cmd("XRANGE");
        range.arg(self.keys().dead()).arg("-").arg("+");
        range.arg("COUNT").arg(DEAD_LETTERS);
        range
            .query_async(&mut self.redis().connection.clone())
            .await
    }
}

/// A dead letter as Redis writes it: id and fields.
type Letter = (String, HashMap<String, Vec<u8>>);

fn remains((id, fields): Letter) -> Option<Remains> {
    let field = |name| {
        let bytes = fields.get(name).map_or(&[][..], Vec::as_slice);
        String::from_utf8_lossy(bytes).into_owned()
    };
    Some(Remains {
        id: id.parse().ok()?,
        text: field("message"),
        reason: field("reason"),
        attempts: field("attempts").parse().unwrap_or(0),
        trace: field("trace").parse().ok(),
    })
}
