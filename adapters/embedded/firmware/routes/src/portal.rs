use replywire::request::Exchange;
use replywire::{Error, Reply, Response, Status};
use replywire_embedded::Request;

/// True for a request that no route answers and that came because every name leads to this board,
/// as in a captive portal: it is for another host, or asks whether there is a way to the internet.
pub(crate) fn catches(request: &Request<'_>, path: &str, hosts: &[&str]) -> bool {
    let authority = request.authority();
    path == "/generate_204"
        || !authority.is_empty() && !hosts.iter().any(|own| is_name(authority.as_bytes(), own))
}

/// True if an authority, RFC 9110 § 7.2, has this name and any port.
fn is_name(host: &[u8], name: &str) -> bool {
    host.split_at_checked(name.len())
        .is_some_and(|(own, port)| {
            own.eq_ignore_ascii_case(name.as_bytes()) && matches!(port, [] | [b':', ..])
        })
}

pub(crate) fn redirect<'b>(exchange: &Exchange<'b>, buf: &'b mut [u8]) -> Result<Reply<'b>, Error> {
    Response::to(exchange, buf, Status::FOUND).redirect_local("/")
}
