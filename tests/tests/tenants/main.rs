//! Two tenants in one deployment of the real binary: neither sees, changes or holds up what is the
//! other's.

mod deployment;
mod every_operation;
mod flood;
mod hospital;
mod several_processes;
