//! Webhooks told of real changes of a catalog, by a real dispatcher, to receivers on this machine.

mod lab;
mod manage;
mod receiver;
mod sending;
mod ssrf;
