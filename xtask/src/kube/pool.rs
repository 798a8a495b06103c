//! Several connections that share the work.

use super::http::{Answer, Client, Request, Target};
use anyhow::{Context, Result};

/// Connections used at once. More than the API server can serve at a time, so that it never waits.
const CONNECTIONS: usize = 8;
/// Requests that are under way on one connection.
const IN_FLIGHT: usize = 16;

/// Connections of one identity, kept open.
pub(crate) struct Pool {
    clients: Vec<Client>,
}

impl Pool {
    /// A pool that connects when it is first used.
    pub(crate) fn new(target: &Target) -> Self {
        Self { clients: (0..CONNECTIONS).map(|_| Client::new(target.clone())).collect() }
    }

    /// Sends one request.
    pub(crate) fn send(&mut self, request: &Request) -> Result<Answer> {
        self.clients.first_mut().context("a pool has clients")?.send(request)
    }

    /// Sends all requests, in no order; the answers stand in the order of the requests. A request whose connection
    /// breaks is sent again.
    pub(crate) fn send_all(&mut self, requests: &[Request]) -> Result<Vec<Answer>> {
        let share = requests.len().div_ceil(self.clients.len()).max(1);
        std::thread::scope(|scope| {
            let shares = self.clients.iter_mut().zip(requests.chunks(share));
            let threads: Vec<_> = shares
                .map(|(client, share)| {
                    scope.spawn(move || -> Result<Vec<Answer>> {
                        let mut answers = Vec::with_capacity(share.len());
                        for batch in share.chunks(IN_FLIGHT) {
                            answers.append(&mut client.send_all(batch)?);
                        }
                        Ok(answers)
                    })
                })
                .collect();
            let mut answers = Vec::with_capacity(requests.len());
            for thread in threads {
                answers.append(&mut thread.join().ok().context("a connection's thread failed")??);
            }
            Ok(answers)
        })
    }
}
