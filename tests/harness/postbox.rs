//! Receivers that speak no HTTP: a mail server, and a sink for HL7 messages.

use std::net::SocketAddr;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncReadExt, AsyncWriteExt, BufReader};
use tokio::net::{TcpListener, TcpStream};
use tokio::sync::watch;
use tokio::task::JoinHandle;
use tokio::time::{sleep, timeout};

use crate::receiver::Manner;

/// What came, in the order in which it came; it ends when it is dropped.
#[derive(Debug)]
pub struct Postbox {
    address: SocketAddr,
    came: watch::Receiver<usize>,
    slot: Slot,
    accepting: JoinHandle<()>,
}

/// Where a server puts what it was given.
#[derive(Clone, Debug)]
struct Slot {
    texts: Arc<Mutex<Vec<String>>>,
    count: Arc<watch::Sender<usize>>,
    /// What an alarm manager answers.
    answer: Arc<Mutex<&'static str>>,
}

impl Slot {
    fn put(&self, text: String) {
        let mut texts = lock(&self.texts);
        texts.push(text);
        self.count.send_replace(texts.len());
    }
}

impl Postbox {
    /// Opens a mail server (RFC 5321) without TLS. It refuses the recipient with a status of mail,
    /// and sends one elsewhere with 551; what it does otherwise it does once it has all of the mail,
    /// which it may keep without having said so.
    pub async fn mail(manner: Manner) -> Self {
        Self::open(0, move |stream, slot| {
            tokio::spawn(mail(stream, slot, manner.clone()))
        })
        .await
    }

    /// Opens an alarm manager: HL7 over MLLP, each message answered with `AA`.
    pub async fn mllp() -> Self {
        Self::mllp_at(0).await
    }

    /// Opens one at a port of loopback.
    pub async fn mllp_at(port: u16) -> Self {
        Self::open(port, |stream, slot| tokio::spawn(mllp(stream, slot))).await
    }

    /// Has an alarm manager answer so from now on: with `AE` it cannot read a message.
    pub fn now(&self, answer: &'static str) {
        *lock(&self.slot.answer) = answer;
    }

    async fn open(
        port: u16,
        serve: impl Fn(TcpStream, Slot) -> JoinHandle<std::io::Result<()>> + Send + 'static,
    ) -> Self {
        let listener = TcpListener::bind(("127.0.0.1", port))
            .await
            .expect("a free port");
        let address = listener.local_addr().expect("it has an address");
        let (count, came) = watch::channel(0);
        let slot = Slot {
            texts: Arc::default(),
            count: Arc::new(count),
            answer: Arc::new(Mutex::new("AA")),
        };
        let given = slot.clone();
        let accepting = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                drop(serve(stream, given.clone()));
            }
        });
        Self {
            address,
            came,
            slot,
            accepting,
        }
    }

    /// Returns its port on loopback.
    #[must_use]
    pub const fn port(&self) -> u16 {
        self.address.port()
    }

    /// Returns what has come.
    #[must_use]
    pub fn texts(&self) -> Vec<String> {
        lock(&self.slot.texts).clone()
    }

    /// Waits until something fits that has come, and returns all that has.
    ///
    /// # Panics
    ///
    /// When nothing does within that time.
    pub async fn until(&mut self, within: Duration, fits: impl Fn(&str) -> bool) -> Vec<String> {
        let texts = Arc::clone(&self.slot.texts);
        let all = || lock(&texts).clone();
        let waiting = self.came.wait_for(|_| all().iter().any(|text| fits(text)));
        let came = timeout(within, waiting).await;
        let came = came.is_ok_and(|waited| waited.is_ok());
        assert!(came, "nothing fits within {within:?}: {:#?}", all());
        all()
    }
}

impl Drop for Postbox {
    fn drop(&mut self) {
        self.accepting.abort();
    }
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}

async fn mail(stream: TcpStream, slot: Slot, manner: Manner) -> std::io::Result<()> {
    let (read, mut write) = stream.into_split();
    let mut lines = BufReader::new(read).lines();
    write.write_all(b"220 test ESMTP\r\n").await?;
    let mut to = String::new();
    while let Some(line) = lines.next_line().await? {
        let command = line.to_ascii_uppercase();
        let answer = if command.starts_with("EHLO") {
            "250 test".to_owned()
        } else if command.starts_with("RCPT") {
            let answer = recipient(&manner);
            if !answer.starts_with("250") {
                slot.put(line.clone());
            }
            to = line;
            answer
        } else if command.starts_with("DATA") {
            write.write_all(b"354 go on\r\n").await?;
            let mut text = format!("{to}\n");
            while let Some(line) = lines.next_line().await? {
                if line == "." {
                    break;
                }
                text.push_str(&line);
                text.push('\n');
            }
            slot.put(text);
            match manner {
                Manner::Close => return Ok(()),
                // Until the other side goes.
                Manner::Hang => return lines.next_line().await.map(drop),
                Manner::Late(after) => sleep(after).await,
                Manner::Take | Manner::Refuse(_) | Manner::Elsewhere(_) => {}
            }
            "250 taken".to_owned()
        } else if command.starts_with("QUIT") {
            "221 bye".to_owned()
        } else {
            "250 ok".to_owned()
        };
        write.write_all(format!("{answer}\r\n").as_bytes()).await?;
    }
    Ok(())
}

/// What a mail server answers to a recipient.
fn recipient(manner: &Manner) -> String {
    match manner {
        Manner::Refuse(status) => format!("{status} as wished"),
        Manner::Elsewhere(to) => format!("551 User not local; please try <{to}>"),
        Manner::Take | Manner::Hang | Manner::Late(_) | Manner::Close => "250 ok".to_owned(),
    }
}

async fn mllp(mut stream: TcpStream, slot: Slot) -> std::io::Result<()> {
    let (mut kept, mut piece) = (Vec::new(), [0; 4096]);
    loop {
        let read = stream.read(&mut piece).await?;
        if read == 0 {
            return Ok(());
        }
        kept.extend_from_slice(&piece[..read]);
        while let Some(end) = kept.windows(2).position(|pair| pair == [0x1c, 0x0d]) {
            let frame: Vec<u8> = kept.drain(..end + 2).collect();
            let text = String::from_utf8_lossy(&frame[1..end]).into_owned();
            let number = text.split('|').nth(9).unwrap_or_default();
            let says = *lock(&slot.answer);
            let answer = format!(
                "\x0bMSH|^~\\&|MANAGER||CHAIRSIDE||20260105120000||ACK^R40^ACK|1|P|2.6\r\
                 MSA|{says}|{number}\r\x1c\r"
            );
            stream.write_all(answer.as_bytes()).await?;
            slot.put(text);
        }
    }
}
