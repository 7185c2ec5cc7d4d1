//! HL7 v2.5.1 over MLLP: orders come in as OML^O21 and are answered by ORL^O22, results go out as
//! ORU^R01 and are acknowledged by the receiver.
//!
//! * A message that came is stored in the transaction of its effect and its answer, before the answer
//!   is sent. By its sender and control id it has one effect; the same bytes get the same answer.
//! * A result is written down by the catalog in the transaction of what it tells of, is sent until the
//!   receiver said what it makes of it, and can be sent once more. Messages go in their order, one at a
//!   time, the same bytes at every attempt.
//! * What is framed wrongly or is no HL7 ends the connection, for there is nobody to answer.
//! * No part of a message is ever logged.

mod charset;
mod config;
mod frame;
mod inbound;
mod message;
mod outbound;
mod placer;
mod tls;

pub use config::{ListenConfig, Peers, Receiver, Reported, SendConfig};
pub use inbound::listen;
pub use ipnet::IpNet;
pub use outbound::send;
pub use reading::ResearchResults;
pub use tls::{Certificates, TlsError};
