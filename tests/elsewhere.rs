//! The examples of tokio that listen elsewhere, and speak something else.

use std::io::{BufRead, BufReader, Read, Write};
use std::net::TcpStream;
use std::process::{Child, Command, Stdio};

use futures_util::{SinkExt, StreamExt};
use tokio_tungstenite::tungstenite::Message;
use tokio_tungstenite::{WebSocketStream, client_async};

use crate::example;

/// A process that ends with the test, and the first lines of what it has printed.
struct Running(Child);

impl Drop for Running {
    fn drop(&mut self) {
        let _ = self.0.kill();
        let _ = self.0.wait();
    }
}

fn start(mut command: Command, lines: usize) -> (Running, Vec<String>) {
    let mut child = command.stdout(Stdio::piped()).spawn().expect("it starts");
    let stdout = child.stdout.take().unwrap();
    let printed = BufReader::new(stdout).lines().take(lines);
    let printed = printed.map(|line| line.unwrap()).collect();
    (Running(child), printed)
}

fn told(mut stream: impl Read + Write) -> String {
    let request = b"GET / HTTP/1.1\r\nhost: x\r\nconnection: close\r\n\r\n";
    stream.write_all(request).unwrap();
    let mut reply = String::new();
    stream.read_to_string(&mut reply).unwrap();
    assert!(reply.starts_with("HTTP/1.1 200 OK\r\n"), "{reply}");
    reply.rsplit_once("\r\n\r\n").unwrap().1.to_owned()
}

#[cfg(unix)]
#[test]
fn a_server_takes_a_unix_socket_and_one_that_is_handed_over() {
    use std::os::fd::OwnedFd;
    use std::os::unix::net::UnixStream;

    let listener = std::net::TcpListener::bind("127.0.0.1:0").unwrap();
    let address = listener.local_addr().unwrap();
    let name = format!("replywire-listen-{}", std::process::id());
    let path = std::env::temp_dir().join(name);
    let place = format!("unix:{}", path.display());
    let server = example("replywire-tokio", "listen", &[]);
    // The first socket that is handed over is descriptor 3, for the process of that number.
    let script = "exec 3<&0 </dev/null; LISTEN_PID=$$ LISTEN_FDS=1 exec \"$@\"";
    let mut command = Command::new("sh");
    command.args(["-c", script, "sh"]).arg(server.get_program());
    command
        .args(["systemd", &place])
        .stdin(OwnedFd::from(listener));
    let (_server, printed) = start(command, 2);
    assert_eq!(
        printed,
        [
            "Listening on systemd".to_owned(),
            format!("Listening on {place}")
        ]
    );

    let stream = TcpStream::connect(address).unwrap();
    let client = stream.local_addr().unwrap();
    assert_eq!(told(stream), format!("peer: {client}\n"));
    let stream = UnixStream::connect(&path).unwrap();
    assert_eq!(told(stream), "peer: of a socket without addresses\n");
    std::fs::remove_file(path).unwrap();
}

#[tokio::test]
async fn a_websocket_sends_messages_back() {
    let command = example("replywire-tokio", "websocket", &["127.0.0.1:0"]);
    let (_server, printed) = start(command, 1);
    let url = printed[0].strip_prefix("Listening on ").unwrap();
    let address = url.strip_prefix("ws://").unwrap().trim_end_matches('/');
    let stream = tokio::net::TcpStream::connect(address).await.unwrap();
    let (mut socket, reply): (WebSocketStream<_>, _) = client_async(url, stream).await.unwrap();
    assert_eq!(reply.status(), 101);
    for message in [
        Message::text("caf\u{e9}"),
        Message::binary((0..=255).cycle().take(100_000).collect::<Vec<u8>>()),
        Message::text(""),
    ] {
        socket.send(message.clone()).await.unwrap();
        assert_eq!(socket.next().await.unwrap().unwrap(), message);
    }
    socket.close(None).await.unwrap();
    while let Some(message) = socket.next().await {
        assert!(message.unwrap().is_close());
    }

    for (line, status) in [("", "400"), ("origin: http://a\r\n", "403")] {
        let mut stream = TcpStream::connect(address).unwrap();
        let asked = format!("GET / HTTP/1.0\r\n{line}\r\n");
        stream.write_all(asked.as_bytes()).unwrap();
        let mut reply = String::new();
        stream.read_to_string(&mut reply).unwrap();
        let start = format!("HTTP/1.1 {status} ");
        assert!(reply.starts_with(&start), "{reply}");
    }
}
