//! A collector of traces: takes OTLP over HTTP, as protobuf.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::{TcpListener, TcpStream};
use std::sync::{Arc, Mutex, PoisonError};
use std::thread;

use anyhow::{Context, Result, ensure};
use opentelemetry_proto::tonic::collector::trace::v1::ExportTraceServiceRequest;
use opentelemetry_proto::tonic::common::v1::any_value::Value;
use opentelemetry_proto::tonic::trace::v1::Span;
use prost::Message;

/// Ends with the process.
pub(crate) struct Collector {
    pub(crate) endpoint: String,
    taken: Arc<Mutex<Vec<Taken>>>,
}

#[derive(Clone, Debug)]
pub(crate) struct Taken {
    /// The process that sent it.
    pub(crate) service: String,
    pub(crate) span: Span,
}

impl Collector {
    pub(crate) fn start() -> Result<Self> {
        let listener = TcpListener::bind("127.0.0.1:0")?;
        let endpoint = format!("http://{}", listener.local_addr()?);
        let taken = Arc::new(Mutex::new(Vec::new()));
        let spans = Arc::clone(&taken);
        thread::spawn(move || {
            for connection in listener.incoming().flatten() {
                let spans = Arc::clone(&spans);
                thread::spawn(move || {
                    let taken = take(connection).expect("a request of OTLP can be read");
                    spans
                        .lock()
                        .unwrap_or_else(PoisonError::into_inner)
                        .extend(taken);
                });
            }
        });
        Ok(Self { endpoint, taken })
    }

    pub(crate) fn spans(&self) -> Vec<Taken> {
        self.taken
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}

/// One request a connection.
fn take(connection: TcpStream) -> Result<Vec<Taken>> {
    let mut reader = BufReader::new(connection);
    let mut head = Vec::new();
    loop {
        let mut line = String::new();
        reader.read_line(&mut line)?;
        if line.trim().is_empty() {
            break;
        }
        head.push(line.to_ascii_lowercase());
    }
    ensure!(
        head.first()
            .is_some_and(|line| line.starts_with("post /v1/traces "))
    );
    let length = head
        .iter()
        .find_map(|line| line.strip_prefix("content-length:"));
    let length: usize = length.context("a length")?.trim().parse()?;
    let mut body = vec![0; length];
    reader.read_exact(&mut body)?;
    let request = ExportTraceServiceRequest::decode(body.as_slice())?;
    let mut connection = reader.into_inner();
    connection.write_all(
        b"HTTP/1.1 200 OK\r\ncontent-type: application/x-protobuf\r\ncontent-length: 0\r\n\
          connection: close\r\n\r\n",
    )?;
    Ok(spans(request))
}

fn spans(request: ExportTraceServiceRequest) -> Vec<Taken> {
    let mut all = Vec::new();
    for of_process in request.resource_spans {
        let resource = of_process.resource.unwrap_or_default();
        let name = resource.attributes.iter().find(|a| a.key == "service.name");
        let name = name.and_then(|name| name.value.clone()?.value);
        let service = match name {
            Some(Value::StringValue(name)) => name,
            _ => String::new(),
        };
        let spans = of_process
            .scope_spans
            .into_iter()
            .flat_map(|scope| scope.spans);
        all.extend(spans.map(|span| Taken {
            service: service.clone(),
            span,
        }));
    }
    all
}
