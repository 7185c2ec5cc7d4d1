use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use flow::SlideId;
use futures::{Stream, stream};
use http::ApiError;
use tokio::sync::watch;

use crate::CasesState;
use crate::routes::newest;
use crate::slide_view::{Eyes, SlideView};

/// Which slides a listener wants to hear of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    One(SlideId),
    /// The newest page of the list.
    Newest,
}

/// An event `slide` with the slide's JSON now and whenever it changes.
pub(crate) fn events(
    state: CasesState,
    subject: Subject,
    eyes: Eyes,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listener = Listener {
        seen: state.changes.listen(),
        state,
        subject,
        eyes,
        sent: HashMap::new(),
        waiting: VecDeque::new(),
    };
    let events = stream::unfold(listener, |mut listener| async {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Sse::new(events).keep_alive(KeepAlive::default())
}

struct Listener {
    state: CasesState,
    subject: Subject,
    eyes: Eyes,
    seen: watch::Receiver<u64>,
    /// What the listener was last told of each slide.
    sent: HashMap<SlideId, String>,
    waiting: VecDeque<String>,
}

impl Listener {
    /// `None` when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(slide) = self.waiting.pop_front() {
                return Some(Event::default().event("slide").data(slide));
            }
            self.seen.changed().await.ok()?;
            // What could not be read now is read at the next change.
            let _unread = self.look().await;
        }
    }

    async fn look(&mut self) -> Result<(), ApiError> {
        let rows = match self.subject {
            Subject::One(id) => vec![self.state.slide(id).await?],
            Subject::Newest => newest(&self.state).await?,
        };
        for row in rows {
            let id = row.id;
            let view = SlideView::of(&self.state, row, self.eyes).await?;
            let text = serde_json::to_string(&view).map_err(ApiError::internal)?;
            if self.sent.get(&id) != Some(&text) {
                self.sent.insert(id, text.clone());
                self.waiting.push_back(text);
            }
        }
        Ok(())
    }
}
