//! From what the clinic's file says to what the service may rely on.

use std::collections::BTreeMap;
use std::path::{Path, PathBuf};

use chairside_alarm::PATIENT;
use chairside_model::Metric;
use chairside_protocol::{DRIVERS, DriverInfo, driver_named};

use super::file::{Section, read_toml};
use super::library::{FOLDER, Library};
use super::mistake::{ConfigErrors, Mistakes};
use super::place::{self, is_host_name};
use super::protocol::Protocols;
use super::{Bed, Config, Device, Patients, Role, Service, Staff, calling, line, simulated};
use crate::near;

/// Characters of a short name: actions, addresses and file names carry it.
const ID_LENGTH_MAX: usize = 32;

/// Characters of a name on screen.
const NAME_LENGTH_MAX: usize = 64;

/// Reads a clinic's file and the alarm profiles it names.
pub(crate) fn load(path: &Path) -> Result<Config, ConfigErrors> {
    let mut mistakes = Mistakes::in_file(path);
    let folder = path.parent().unwrap_or(Path::new(""));
    let config = read_toml(path, &mut mistakes).and_then(|file| {
        let reader = Reader {
            library: Library::in_folder(folder.join(FOLDER)),
            protocols: Protocols::beside(folder),
            calling: calling::Reader::default(),
            folder: folder.to_owned(),
            data: PathBuf::new(),
            seen: Seen::default(),
            mistakes: &mut mistakes,
        };
        reader.clinic(file, folder)
    });
    mistakes.unless_any(config)
}

#[derive(Debug)]
struct Reader<'m> {
    library: Library,
    protocols: Protocols,
    calling: calling::Reader,
    /// That of the clinic's file.
    folder: PathBuf,
    /// That of the record, once it is known.
    data: PathBuf,
    seen: Seen,
    mistakes: &'m mut Mistakes,
}

/// What must be unique, with the key that had it first.
#[derive(Debug, Default)]
struct Seen {
    staff: BTreeMap<String, String>,
    staff_names: BTreeMap<String, String>,
    beds: BTreeMap<String, String>,
    /// As people read them: see [`folded`].
    bed_names: BTreeMap<String, (String, String)>,
    devices: BTreeMap<String, String>,
    ports: BTreeMap<String, String>,
}

impl Reader<'_> {
    fn clinic(mut self, mut file: Section, folder: &Path) -> Option<Config> {
        let site = self.id(&mut file, "site");
        let named = site.as_deref().unwrap_or("?");
        self.calling.manager(&mut file, named, self.mistakes);
        self.calling
            .broker(&mut file, (named, folder), self.mistakes);
        self.calling.loudspeaker(&mut file, folder, self.mistakes);
        let service = file.section("service", self.mistakes);
        let service = service.and_then(|section| self.service(section));
        self.calling.channels(&mut file, folder, self.mistakes);
        let staff = self.sections(&mut file, "staff", "nobody could acknowledge an alarm");
        let staff = all(staff.into_iter().map(|section| self.person(section)));
        self.calling.ladders(&mut file, self.mistakes);
        self.calling.drills(&mut file, self.mistakes);
        self.protocols.of_clinic(&mut file, self.mistakes);
        let predicted = file.optional_truth("predicted_concentration", self.mistakes);
        let patients = file.optional_section("patients", self.mistakes);
        let patients = patients.map_or_else(Patients::default, |section| self.patients(section));
        let beds = self.sections(&mut file, "bed", "nothing would be watched");
        let beds = all(beds.into_iter().map(|section| self.bed(section)));
        file.finish(self.mistakes);
        Some(Config {
            site: site?,
            service: service?,
            staff: staff?,
            beds: beds?,
            protocols: self.protocols.finish(),
            predicted_concentration: predicted.unwrap_or(false),
            patients,
            calling: self.calling.finish(),
        })
    }

    fn service(&mut self, mut section: Section) -> Option<Service> {
        let listen = section.text("listen", self.mistakes);
        let listen = listen
            .and_then(|text| self.or_mistake(section.key("listen"), place::listen_address(&text)));
        let names = if section.has("names") {
            let names = section.texts("names", self.mistakes);
            names.and_then(|names| self.host_names(&section.key("names"), names))
        } else {
            Some(Vec::new())
        };
        let data = section.text("data", self.mistakes);
        let data =
            data.and_then(|text| self.or_mistake(section.key("data"), place::data_folder(&text)));
        self.data = data.clone().unwrap_or_default();
        section.finish(self.mistakes);
        Some(Service {
            listen: listen?,
            names: names?,
            data: data?,
        })
    }

    fn patients(&mut self, mut section: Section) -> Patients {
        let names = section.optional_truth("names", self.mistakes);
        section.finish(self.mistakes);
        Patients {
            names: names.unwrap_or(false),
        }
    }

    fn host_names(&mut self, key: &str, names: Vec<String>) -> Option<Vec<String>> {
        let unfit = |name: &&String| !is_host_name(name);
        let mistakes: Vec<_> = names.iter().filter(unfit).collect();
        for name in &mistakes {
            let why = format!(
                "{name:?} is not a host name, like \"chairside.clinic.lan\": no scheme, port or \
                 address"
            );
            self.mistakes.add(key, why);
        }
        mistakes.is_empty().then_some(names)
    }

    fn person(&mut self, mut section: Section) -> Option<Staff> {
        let id = self.id(&mut section, "id");
        if id.as_deref() == Some(PATIENT) {
            let why = format!("{PATIENT:?} is who calls from a room's screen, and nobody's id");
            self.mistakes.add(section.key("id"), why);
        }
        first(
            &mut self.seen.staff,
            id.as_ref(),
            section.key("id"),
            self.mistakes,
        );
        let name = self.name(&mut section, "name");
        first(
            &mut self.seen.staff_names,
            name.as_ref(),
            section.key("name"),
            self.mistakes,
        );
        let role = section.text("role", self.mistakes).and_then(|text| {
            let role = Role::from_name(&text);
            if role.is_none() {
                let roles = Role::ALL.iter().map(|role| role.name());
                self.no_such(section.key("role"), &text, "role", roles);
            }
            role
        });
        self.calling
            .contacts(id.as_deref(), &mut section, self.mistakes);
        section.finish(self.mistakes);
        Some(Staff {
            id: id?,
            name: name?,
            role: role?,
        })
    }

    fn bed(&mut self, mut section: Section) -> Option<Bed> {
        let id = self.id(&mut section, "id");
        first(
            &mut self.seen.beds,
            id.as_ref(),
            section.key("id"),
            self.mistakes,
        );
        let name = self.name(&mut section, "name");
        self.tell_beds_apart(name.as_ref(), section.key("name"));
        let profile = section.text("profile", self.mistakes).and_then(|name| {
            let key = section.key("profile");
            self.library.profile(&name, &key, self.mistakes)
        });
        let training = section.optional_truth("training", self.mistakes);
        let training = training.unwrap_or(false);
        let is_simulated = section.has("scenario");
        let folder = &self.folder;
        let scenario = simulated::scenario(&mut section, folder, training, self.mistakes);
        let devices = self.sections(&mut section, "device", "nothing would be read at this bed");
        let devices = all((1_usize..).zip(devices).map(|(number, device)| {
            let id = id.as_deref();
            let link = is_simulated.then(|| format!("{}-{number}", id.unwrap_or_default()));
            self.device(id, link.as_deref(), device)
        }));
        let ladder = self.calling.of_bed(&mut section, self.mistakes);
        let fits = profile.as_ref();
        let protocols = self.protocols.of_bed(&mut section, fits, self.mistakes);
        section.finish(self.mistakes);
        Some(Bed {
            id: id?,
            name: name?,
            profile: profile?,
            devices: devices?,
            ladder,
            protocols,
            training,
            scenario,
        })
    }

    /// Two beds that read the same are one to whoever answers an alarm: the wrong patient.
    fn tell_beds_apart(&mut self, name: Option<&String>, key: String) {
        let Some(name) = name else {
            return;
        };
        if let Some((other, other_key)) = self.seen.bed_names.get(&folded(name)) {
            let why = format!(
                "{name:?} reads like {other_key}, {other:?}: nobody could tell the two beds apart"
            );
            self.mistakes.add(key, why);
        } else {
            let seen = &mut self.seen.bed_names;
            seen.insert(folded(name), (name.clone(), key));
        }
    }

    /// Reads a device; one that the service simulates has the name of a link.
    fn device(
        &mut self,
        bed: Option<&str>,
        simulated: Option<&str>,
        mut section: Section,
    ) -> Option<Device> {
        let driver = section.text("driver", self.mistakes).and_then(|text| {
            let driver = driver_named(&text);
            if driver.is_none() {
                let drivers = DRIVERS.iter().map(|driver| driver.name);
                self.no_such(section.key("driver"), &text, "driver", drivers);
            }
            driver
        });
        let driver = line::with_period(&mut section, driver, self.mistakes);
        let line = match simulated {
            Some(name) => {
                let place = (&*self.data, name);
                simulated::port(&mut section, driver, place, self.mistakes)
            }
            None => line::read(&mut section, self.mistakes),
        };
        first(
            &mut self.seen.ports,
            line.as_ref().map(|(port, _)| port.to_string()).as_ref(),
            section.key("port"),
            self.mistakes,
        );
        let name = if section.has("name") {
            self.name(&mut section, "name")
        } else {
            driver
                .zip(bed)
                .map(|(driver, bed)| format!("{bed}-{}", driver.name))
        };
        first(
            &mut self.seen.devices,
            name.as_ref(),
            section.key("name"),
            self.mistakes,
        );
        let metrics = if section.has("metrics") {
            let names = section.texts("metrics", self.mistakes);
            let key = section.key("metrics");
            names
                .zip(driver)
                .and_then(|(names, driver)| self.metrics(&key, driver, &names))
                .map(Some)
        } else {
            Some(None)
        };
        section.finish(self.mistakes);
        let (port, baud) = line?;
        Some(Device {
            name: name?,
            driver: driver?,
            port,
            baud,
            metrics: metrics?,
        })
    }

    fn metrics(
        &mut self,
        key: &str,
        driver: &'static DriverInfo,
        names: &[String],
    ) -> Option<Vec<Metric>> {
        if names.is_empty() {
            self.mistakes
                .add(key, "empty; leave the key out to read everything");
            return None;
        }
        let mut metrics = Vec::new();
        for name in names {
            match Metric::from_name(name).filter(|metric| driver.gives.contains(metric)) {
                Some(metric) if metrics.contains(&metric) => {
                    self.mistakes.add(key, format!("{name:?} is there twice"));
                }
                Some(metric) => metrics.push(metric),
                None => {
                    let what = format!("metric of {}", driver.name);
                    let gives = driver.gives.iter().map(|metric| metric.name());
                    self.no_such(key.to_owned(), name, &what, gives);
                }
            }
        }
        let cuff = |metric: &Metric| {
            matches!(
                metric,
                Metric::NibpDiastolic | Metric::NibpMean | Metric::NibpPulseRate
            )
        };
        if metrics.iter().any(cuff) && !metrics.contains(&Metric::NibpSystolic) {
            let why = "the pressures of one inflation stay together: name \"NibpSystolic\" too";
            self.mistakes.add(key, why);
        }
        (metrics.len() == names.len()).then_some(metrics)
    }

    /// Takes a list of tables that must not be empty.
    fn sections(
        &mut self,
        section: &mut Section,
        key: &'static str,
        else_what: &str,
    ) -> Vec<Section> {
        let before = self.mistakes.count();
        let sections = section.sections(key, self.mistakes);
        if sections.is_empty() && self.mistakes.count() == before {
            self.mistakes
                .add(section.key(key), format!("missing: {else_what}"));
        }
        sections
    }

    fn id(&mut self, section: &mut Section, key: &'static str) -> Option<String> {
        id(section, key, self.mistakes)
    }

    /// Takes a name for the screen.
    fn name(&mut self, section: &mut Section, key: &'static str) -> Option<String> {
        let text = section.text(key, self.mistakes)?;
        let fits = text.chars().count() <= NAME_LENGTH_MAX && !text.chars().any(char::is_control);
        if !fits {
            let why = format!(
                "{text:?} does not fit on a screen: at most {NAME_LENGTH_MAX} characters in one \
                 line"
            );
            self.mistakes.add(section.key(key), why);
        }
        fits.then_some(text)
    }

    fn or_mistake<T>(&mut self, key: String, read: Result<T, String>) -> Option<T> {
        read.map_err(|why| self.mistakes.add(key, why)).ok()
    }

    fn no_such(
        &mut self,
        key: String,
        text: &str,
        what: &str,
        there_are: impl Iterator<Item = &'static str>,
    ) {
        let why = near::no_such(text, what, there_are);
        self.mistakes.add(key, why);
    }
}

/// Takes a short name.
pub(super) fn id(
    section: &mut Section,
    key: &'static str,
    mistakes: &mut Mistakes,
) -> Option<String> {
    let text = section.text(key, mistakes)?;
    let fits = text.chars().count() <= ID_LENGTH_MAX
        && text
            .chars()
            .all(|c| c.is_ascii_alphanumeric() || matches!(c, '-' | '_' | '.'));
    if !fits {
        let why = format!(
            "{text:?} is not a short name: at most {ID_LENGTH_MAX} letters (a-z), digits, '-', \
             '_' and '.'"
        );
        mistakes.add(section.key(key), why);
    }
    fits.then_some(text)
}

/// Returns a name without what people read over: case and spaces.
fn folded(name: &str) -> String {
    let letters = name.chars().filter(|c| !c.is_whitespace());
    letters.flat_map(char::to_lowercase).collect()
}

/// Notes a mistake when another key had the same value before.
fn first(
    seen: &mut BTreeMap<String, String>,
    value: Option<&String>,
    key: String,
    mistakes: &mut Mistakes,
) {
    let Some(value) = value else {
        return;
    };
    match seen.get(value) {
        Some(other) => mistakes.add(key, format!("{value:?} is also {other}")),
        None => {
            seen.insert(value.clone(), key);
        }
    }
}

/// Reads all of them, also when one cannot be used, so that each tells its mistakes.
fn all<T>(items: impl Iterator<Item = Option<T>>) -> Option<Vec<T>> {
    let items: Vec<Option<T>> = items.collect();
    items.into_iter().collect()
}
