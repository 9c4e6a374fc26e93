use std::sync::mpsc::{Receiver, Sender, channel};

use chairside_alarm::Occurrence;

use super::*;

/// Hands each piece to the test, and takes the next when the test lets it.
struct Tape {
    pieces: Sender<Vec<i16>>,
    answers: Arc<Mutex<Receiver<Result<(), String>>>>,
}

struct Recording(Sender<Vec<i16>>, Arc<Mutex<Receiver<Result<(), String>>>>);

impl Output for Tape {
    fn open(&self) -> Result<Box<dyn Sink>, String> {
        let (pieces, answers) = (self.pieces.clone(), Arc::clone(&self.answers));
        Ok(Box::new(Recording(pieces, answers)))
    }
}

impl Sink for Recording {
    fn write(&mut self, samples: &[i16]) -> Result<(), String> {
        // The test may be over.
        let _ = self.0.send(samples.to_vec());
        let answer = self.1.lock().unwrap().recv();
        answer.unwrap_or_else(|_over| Err("over".to_owned()))
    }
}

fn at(seconds: u64) -> MonoTime {
    MonoTime::from_secs(seconds)
}

fn playing() -> (Loudspeaker, Receiver<Vec<i16>>, Sender<Result<(), String>>) {
    let ((pieces, heard), (answer, answers)) = (channel(), channel());
    let answers = Arc::new(Mutex::new(answers));
    let tape = Box::new(Tape { pieces, answers });
    (Loudspeaker::playing(tape, at(0)), heard, answer)
}

fn is_silent(piece: &[i16]) -> bool {
    piece.iter().all(|sample| *sample == 0)
}

#[test]
fn silence_is_played_until_something_calls() {
    let (mut loudspeaker, heard, answer) = playing();
    assert!(is_silent(&heard.recv().unwrap()));
    let call = Call {
        key: (BedId(1), Occurrence(1), 1),
        priority: Priority::High,
    };
    loudspeaker.shared.lock().calls = vec![call];
    answer.send(Ok(())).unwrap();
    assert!(!is_silent(&heard.recv().unwrap()), "at once");
    let state = loudspeaker.look(at(1));
    assert_eq!((state.plays, state.failing), (Some("high"), None));
    assert_eq!(loudspeaker.failing(), None);
}

#[test]
fn a_sink_that_fails_is_told_with_why_and_since_when_and_opened_again() {
    let (mut loudspeaker, heard, answer) = playing();
    heard.recv().unwrap();
    answer
        .send(Err("it takes no sound: broken pipe".to_owned()))
        .unwrap();
    // It was opened again by then.
    heard.recv().unwrap();
    let state = loudspeaker.look(at(7));
    assert_eq!(
        state.failing.as_deref(),
        Some("it takes no sound: broken pipe")
    );
    loudspeaker.look(at(8));
    let why = "loudspeaker: it takes no sound: broken pipe".to_owned();
    assert_eq!(loudspeaker.failing(), Some((at(7), why)));
    answer.send(Ok(())).unwrap();
    heard.recv().unwrap();
    assert_eq!(loudspeaker.look(at(9)).failing, None);
    assert_eq!(loudspeaker.failing(), None);
}

#[test]
fn a_sink_that_hangs_is_told_after_five_seconds() {
    let (mut loudspeaker, heard, _answer) = playing();
    heard.recv().unwrap();
    assert_eq!(loudspeaker.look(at(1)).failing, None);
    assert_eq!(loudspeaker.look(at(5)).failing, None);
    assert_eq!(
        loudspeaker.look(at(6)).failing.as_deref(),
        Some("it takes no sound")
    );
}

#[test]
fn a_file_is_written_as_it_would_be_heard() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sound.wav");
    let settings = LoudspeakerSettings::File(path.clone());
    let mut sink = output::of(&settings).open().unwrap();
    sink.write(&[1, -2, 300]).unwrap();
    let written = std::fs::read(&path).unwrap();
    assert_eq!(written.len(), 44 + 6);
    assert_eq!(&written[..4], b"RIFF");
    assert_eq!(&written[24..28], 48_000_u32.to_le_bytes());
    assert_eq!(written[44..], [1, 0, 254, 255, 44, 1]);
    assert_eq!(settings.try_to_open(), Ok(()));
    assert_eq!(
        std::fs::read(&path).unwrap(),
        written,
        "nothing was lost by the look"
    );
    let nowhere = LoudspeakerSettings::File(folder.path().join("no/such.wav"));
    let why = "it cannot be opened: entity not found".to_owned();
    assert_eq!(nowhere.try_to_open(), Err(why));
}

#[test]
fn a_device_that_is_not_there_is_said_and_harms_nothing() {
    let device = LoudspeakerSettings::Device("no-such-device".to_owned());
    let why = device.try_to_open().unwrap_err();
    let built = cfg!(feature = "loudspeaker");
    let expected = if built {
        "it cannot be opened"
    } else {
        "this program was built without it"
    };
    assert!(why.starts_with(expected), "{why}");
}
