//! What a client may send.

use chrono::{DateTime, Utc};
use serde::de::Error as _;
use serde::{Deserialize, Serialize};
use serde_json::Value;

/// The longest name of a station or a view, and of the person who confirmed, bytes.
const NAME_MAX: usize = 64;

/// Why an action at a bed is refused that has a patient's name, which everybody who follows the bed
/// would be told.
pub const NO_NAME: &str = "name: a patient is initials and a number here; nothing but a treatment \
    session that is planned takes a name, where the clinic has switched names on";

/// A message of a client.
#[derive(Clone, Debug)]
pub enum ClientMessage {
    /// "I have everything up to `seq`."
    Resume(Resume),
    /// What a display shows and whether it can be heard.
    Display(Display),
    /// A person wants something done.
    Act(Action),
}

impl ClientMessage {
    /// Reads a message.
    ///
    /// # Errors
    ///
    /// What of it cannot be understood.
    pub fn read(text: &str) -> serde_json::Result<Self> {
        let message: Value = serde_json::from_str(text)?;
        match message.get("type").and_then(Value::as_str) {
            Some("resume") => serde_json::from_value(message).map(Self::Resume),
            Some("display") => Display::read(message).map(Self::Display),
            _ if message.get("name").is_some() => Err(serde_json::Error::custom(NO_NAME)),
            _ => serde_json::from_value(message).map(Self::Act),
        }
    }
}

/// "I have everything up to `seq`."
#[derive(Clone, Debug, Deserialize)]
pub struct Resume {
    /// The epoch it was in.
    pub epoch: String,
    /// The last message it has.
    pub seq: u64,
}

/// What a display shows and whether it can be heard, as it says itself.
#[derive(Clone, Debug, PartialEq, Deserialize)]
pub struct Display {
    /// What it calls itself.
    pub station: String,
    /// What it shows, by its address inside the page.
    pub view: String,
    /// Whether its sound comes out.
    pub sound: Sound,
    /// Who heard it.
    pub confirmed: Option<Confirmed>,
    /// Whether it is in front.
    pub visible: bool,
    /// The last message of the stream of which everything is on its screen.
    pub seq: u64,
    /// How long ago it drew last, milliseconds; it may never have.
    pub painted_ms_ago: Option<u64>,
}

impl Display {
    fn read(message: Value) -> serde_json::Result<Self> {
        let display: Self = serde_json::from_value(message)?;
        let by = display.confirmed.as_ref().map_or("", |one| &one.by);
        let names = [&*display.station, &*display.view, by];
        if names.iter().any(|name| name.len() > NAME_MAX) {
            return Err(serde_json::Error::custom(format_args!(
                "a name is longer than {NAME_MAX} bytes"
            )));
        }
        Ok(display)
    }
}

/// Whether the sound of a display comes out.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Sound {
    /// The browser plays, and a person has heard it.
    Running,
    /// The browser does not play.
    Suspended,
    /// The display is one that makes no sound.
    Muted,
    /// The browser plays; whether anybody can hear it, nobody has said, or not lately.
    Unconfirmed,
}

/// That a person heard the test tones.
#[derive(Clone, Debug, PartialEq, Deserialize, Serialize)]
pub struct Confirmed {
    /// The person, by id.
    pub by: String,
    /// When, by the display's clock.
    pub at: DateTime<Utc>,
}

/// What a person wants done at a bed. Over HTTP `bed` and `type` stand in the address.
#[derive(Clone, Debug, Deserialize)]
pub struct Action {
    /// The bed.
    pub bed: String,
    /// The person, by id; nobody, of what the patient does.
    #[serde(default)]
    pub by: Option<String>,
    /// Names the answer.
    #[serde(default)]
    pub request: String,
    /// The station it was done at, as the client calls itself.
    #[serde(default)]
    pub station: Option<String>,
    /// Why, in the person's words.
    #[serde(default)]
    pub reason: Option<String>,
    /// The number of the last call that the person had before their eyes.
    #[serde(default)]
    pub call: Option<u64>,
    /// The version of the bed's alarms that was on screen; not used yet.
    #[serde(default)]
    pub version: Option<u64>,
    /// What.
    #[serde(flatten)]
    pub deed: Deed,
}

/// What is to be done; `type` says which.
#[derive(Clone, Debug, PartialEq, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum Deed {
    /// "I have seen this alarm."
    Acknowledge {
        /// The episode that was read.
        occurrence: String,
    },
    /// "The devices that answer now belong here."
    ConfirmDevice {
        /// The episode of `DEVICE_SWAPPED` that names them.
        occurrence: String,
    },
    /// What the bed has called so far is not heard at this station for so long.
    PauseAudio {
        /// How long.
        seconds: u32,
    },
    /// Everything of the bed is heard at this station again.
    ResumeAudio {},
    /// Nothing of the bed is heard at this station for so long.
    AudioOff {
        /// How long.
        seconds: u32,
    },
    /// One alarm of the bed calls nobody for so long.
    PauseAlarm {
        /// Which.
        id: String,
        /// How long.
        seconds: u32,
    },
    /// It calls again.
    ResumeAlarm {
        /// Which.
        id: String,
    },
    /// One rule of the bed counts for nothing for so long.
    SwitchOff {
        /// Which.
        id: String,
        /// How long.
        seconds: u32,
    },
    /// It counts again.
    SwitchOn {
        /// Which.
        id: String,
    },
    /// A limit of the bed is another one until the session ends.
    SetLimit {
        /// Which, by its name in the profile's file.
        key: String,
        /// What the person saw that it is.
        old: f64,
        /// What it is to be.
        value: f64,
    },
    /// A treatment session begins.
    OpenSession {
        /// The patient's initials.
        #[serde(default)]
        initials: Option<String>,
        /// The clinic's number of the patient.
        #[serde(default)]
        number: Option<String>,
    },
    /// It is over.
    CloseSession {
        /// The one that was read.
        session: String,
    },
    /// The session goes into a phase.
    Phase {
        /// Which.
        phase: String,
    },
    /// The patient asks for somebody.
    Call {},
    /// A person asks for help at the bed.
    Help {
        /// The episode over which, if there is one.
        #[serde(default)]
        occurrence: Option<String>,
    },
    /// A person has the cuff measure, or lets the air out.
    Cuff {
        /// `start` or `stop`.
        order: String,
    },
    /// The person does not come for this alarm.
    Decline {
        /// The episode that was read.
        occurrence: String,
    },
    /// The person comes for what the bed has called up to the action's `call`.
    Accept {},
    /// The person is at the bed.
    Arrive {},
}

#[cfg(test)]
mod tests {
    use super::*;

    fn action(text: &str) -> Action {
        match ClientMessage::read(text).unwrap() {
            ClientMessage::Act(action) => action,
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn actions_are_read_as_the_contract_has_them() {
        let acknowledge = action(
            r#"{"type":"acknowledge","bed":"1","occurrence":"4","version":9,"request":"r1","by":"mn"}"#,
        );
        let occurrence = "4".to_owned();
        assert_eq!(acknowledge.deed, Deed::Acknowledge { occurrence });
        assert_eq!(acknowledge.by.as_deref(), Some("mn"));
        assert_eq!(acknowledge.request, "r1");
        let pause = action(
            r#"{"type":"pause_audio","bed":"1","seconds":120,"request":"r2","by":"mn","station":"desk"}"#,
        );
        assert_eq!(pause.deed, Deed::PauseAudio { seconds: 120 });
        assert_eq!(pause.station.as_deref(), Some("desk"));
        let call = action(r#"{"type":"call","bed":"1","request":"r3","station":"room 1"}"#);
        assert_eq!((call.deed, call.by), (Deed::Call {}, None));
        let help = action(r#"{"type":"help","bed":"1","request":"r4","by":"mn"}"#);
        assert_eq!(help.deed, Deed::Help { occurrence: None });
        let cuff = action(r#"{"type":"cuff","bed":"1","order":"start","request":"r5","by":"mn"}"#);
        let order = "start".to_owned();
        assert_eq!(cuff.deed, Deed::Cuff { order });
        let accept = action(r#"{"type":"accept","bed":"1","call":17,"request":"r6","by":"mn"}"#);
        assert_eq!((accept.deed, accept.call), (Deed::Accept {}, Some(17)));
        let open = action(r#"{"type":"open_session","bed":"1","initials":"M. K.","by":"mn"}"#);
        let initials = Some("M. K.".to_owned());
        let number = None;
        assert_eq!(open.deed, Deed::OpenSession { initials, number });
    }

    #[test]
    fn a_display_says_what_it_shows_and_who_heard_it() {
        let text = r##"{"type":"display","station":"desk","view":"#/","sound":"running","confirmed":{"by":"mn","at":"2026-01-05T07:58:00.000Z"},"visible":true,"seq":7,"painted_ms_ago":null,"later":1}"##;
        let ClientMessage::Display(display) = ClientMessage::read(text).unwrap() else {
            panic!("{text}");
        };
        assert_eq!(display.sound, Sound::Running);
        assert_eq!(display.confirmed.unwrap().by, "mn");
        assert_eq!(display.painted_ms_ago, None);
        for (good, bad) in [
            ("\"running\"", "\"loud\""),
            ("true", "1"),
            ("\"desk\"", &format!("{:?}", "x".repeat(65))),
            ("\"mn\"", &format!("{:?}", "x".repeat(65))),
            ("\"seq\":7", "\"seq\":-7"),
        ] {
            let wrong = text.replace(good, bad);
            assert_ne!(wrong, text);
            assert!(ClientMessage::read(&wrong).is_err(), "{wrong}");
        }
    }

    #[test]
    fn what_is_missing_or_unknown_is_named() {
        let why = |text: &str| ClientMessage::read(text).unwrap_err().to_string();
        let missing = why(r#"{"type":"pause_audio","bed":"1","by":"mn"}"#);
        assert!(missing.contains("seconds"), "{missing}");
        let which = why(r#"{"type":"decline","bed":"1","by":"mn"}"#);
        assert!(which.contains("occurrence"), "{which}");
        let name = r#"{"type":"open_session","bed":"1","by":"mn","name":"Maria Klein"}"#;
        assert_eq!(why(name), NO_NAME);
        let unknown = why(r#"{"type":"silence_everything","bed":"1","by":"mn"}"#);
        assert!(unknown.contains("silence_everything"), "{unknown}");
    }
}
