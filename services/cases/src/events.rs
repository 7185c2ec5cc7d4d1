use std::collections::{HashMap, VecDeque};
use std::convert::Infallible;

use axum::response::sse::{Event, KeepAlive, Sse};
use flow::SlideId;
use futures::{Stream, stream};
use http::{Access, ApiError};
use tokio::sync::watch;

use crate::CasesState;
use crate::routes::newest;
use crate::slide_view::SlideView;

/// Which slides a listener wants to hear of.
#[derive(Clone, Copy, Debug)]
pub(crate) enum Subject {
    One(SlideId),
    /// The newest page of the list.
    Newest,
}

/// An event `slide` with the slide's JSON now and whenever it changes, as `access` may see it. Who
/// listens to all of them also hears `cases` whenever something about any case has changed.
pub(crate) fn events(
    state: CasesState,
    subject: Subject,
    access: Access,
) -> Sse<impl Stream<Item = Result<Event, Infallible>>> {
    let listener = Listener {
        seen: state.changes.listen(),
        state,
        subject,
        access,
        cases: None,
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
    access: Access,
    seen: watch::Receiver<u64>,
    /// The revision of all cases that the listener was last told of.
    cases: Option<u64>,
    /// What the listener was last told of each slide.
    sent: HashMap<SlideId, String>,
    waiting: VecDeque<Event>,
}

impl Listener {
    /// `None` when the server stops.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop_front() {
                return Some(event);
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
        let mut shown = Vec::new();
        for row in rows {
            let id = row.id;
            let view = SlideView::of(&self.state, row, &self.access).await?;
            let text = serde_json::to_string(&view).map_err(ApiError::internal)?;
            if self.sent.get(&id) != Some(&text) {
                let event = Event::default().event("slide").data(&text);
                shown.push((id, text, event));
            }
        }
        let seen = shown.iter().map(|(id, _, _)| *id);
        SlideView::note_seen(&self.state, &self.access, seen).await?;
        for (id, text, event) in shown {
            self.sent.insert(id, text);
            self.waiting.push_back(event);
        }
        match self.subject {
            Subject::One(_) => Ok(()),
            Subject::Newest => self.look_at_cases().await,
        }
    }

    async fn look_at_cases(&mut self) -> Result<(), ApiError> {
        let now = self.state.deps.catalog.case_revision().await?;
        if self.cases.replace(now).is_some_and(|last| last != now) {
            let event = Event::default().event("cases").data(now.to_string());
            self.waiting.push_back(event);
        }
        Ok(())
    }
}
