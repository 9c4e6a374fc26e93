use super::*;

/// Data with these pressures and error.
fn data([systolic, diastolic, mean]: [u16; 3], error: u8) -> BpData {
    BpData {
        systolic,
        diastolic,
        beats: 30,
        status: 1,
        test_codes: [0; 8],
        heart_rate: 85,
        spare: [0; 3],
        mean,
        error,
    }
}

const OLD: [u16; 3] = [115, 74, 88];
const NEW: [u16; 3] = [128, 76, 93];
const EMPTY: [u16; 3] = [0; 3];

/// A watch, its clock, and what it told, one word each.
#[derive(Default)]
struct Bench {
    watch: CuffWatch,
    now: u64,
    told: Vec<String>,
}

impl Bench {
    /// One that knows these data.
    fn knowing(data: BpData) -> Self {
        let mut bench = Self::default();
        bench.data(data, 2);
        assert_eq!(bench.told, [""; 0]);
        bench
    }

    fn tell(&mut self, readings: impl IntoIterator<Item = Reading>) {
        for reading in readings {
            let told = match reading {
                Reading::Cuff(Cuff::Completed(reading)) => {
                    let [systolic, diastolic, mean] =
                        [reading.systolic, reading.diastolic, reading.mean]
                            .map(|value| value.map_or(0.0, Value::number));
                    let taken = reading.taken.since_start().as_secs();
                    format!("{systolic}/{diastolic} ({mean}) at {taken}")
                }
                Reading::Cuff(Cuff::Failed(why)) => format!("failed {}", why.name()),
                Reading::Cuff(cuff) => format!("{cuff:?}"),
                Reading::Numeric(numeric) => format!("{:?}", numeric.measured),
                Reading::Waveform(_) => unreachable!("a module has no curve"),
            };
            self.told.push(told);
        }
    }

    /// So many replies with these data, a second apart.
    fn data(&mut self, data: BpData, times: usize) -> &mut Self {
        for _ in 0..times {
            self.now += 1;
            let told = self.watch.take_data(MonoTime::from_secs(self.now), &data);
            self.tell(told.into_iter().flatten());
        }
        self
    }

    fn pressures(&mut self, pressures: &[u16]) -> &mut Self {
        for &pressure in pressures {
            self.now += 1;
            let now = MonoTime::from_secs(self.now);
            let told = self.watch.take_pressure(now, pressure);
            self.tell(told);
        }
        self
    }

    fn inflation(&mut self) -> &mut Self {
        self.pressures(&[0, 30, 160, 120, 80, 40, 14])
    }

    fn complete(&mut self) -> &mut Self {
        self.watch.take_complete();
        self
    }

    fn check(&mut self, expected: &[&str]) {
        assert_eq!(self.told, expected);
    }
}

#[test]
fn data_that_are_there_at_first_are_not_told() {
    Bench::default().data(data(OLD, 0), 10).check(&[]);
}

#[test]
fn a_determination_is_told_once_at_the_second_reply_with_its_numbers() {
    // The cuff is empty at 9 s.
    let mut bench = Bench::knowing(data(OLD, 0));
    bench
        .inflation()
        .data(data(NEW, 0), 1)
        .check(&["Measuring"]);
    bench
        .data(data(NEW, 0), 20)
        .check(&["Measuring", "128/76 (93) at 9", "Valid(Value(85.0))"]);
}

#[test]
fn numbers_that_are_not_there_yet_are_awaited() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench
        .inflation()
        .data(data(OLD, 0), 3)
        .data(data(EMPTY, 0), 1);
    bench.check(&["Measuring"]);
    bench
        .data(data(NEW, 0), 3)
        .check(&["Measuring", "128/76 (93) at 9", "Valid(Value(85.0))"]);
}

#[test]
fn the_same_numbers_are_told_again_when_the_module_says_that_they_are_new() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.inflation().complete().data(data(OLD, 0), 5);
    let once = ["Measuring", "115/74 (88) at 9", "Valid(Value(85.0))"];
    bench.check(&once);
    bench.told.clear();
    bench.pressures(&[160, 100]).complete().pressures(&[10]);
    bench.data(data(OLD, 0), 5);
    bench.check(&["Measuring", "115/74 (88) at 17", "Valid(Value(85.0))"]);
}

#[test]
fn the_same_numbers_are_told_again_when_the_data_were_others_in_between() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.pressures(&[160, 150]).data(data(EMPTY, 0), 2);
    bench.pressures(&[80, 0]).data(data(OLD, 0), 20);
    let told = ["Measuring", "115/74 (88) at 8", "Valid(Value(85.0))"];
    bench.check(&told);
}

#[test]
fn numbers_of_before_are_never_told_as_new_ones() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.inflation().data(data(OLD, 0), 20);
    bench.check(&["Measuring", "Cancelled"]);
}

#[test]
fn an_error_is_a_failure_and_its_numbers_are_not_looked_at() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.inflation().data(data(NEW, 7), 5);
    bench.check(&["Measuring", "failed Unknown"]);
    bench.inflation().data(data(NEW, 7), 20);
    bench.check(&["Measuring", "failed Unknown", "Measuring", "failed Unknown"]);
}

#[test]
fn a_module_that_forgot_its_data_found_nothing() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.inflation().data(data(EMPTY, 0), 20);
    bench.check(&["Measuring", "failed NoDetermination"]);
}

#[test]
fn pressures_that_contradict_each_other_are_no_determination() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.inflation().data(data([76, 128, 93], 0), 5);
    bench.check(&["Measuring", "failed NoDetermination"]);
}

#[test]
fn a_determination_that_nobody_saw_is_as_old_as_it_can_be() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.data(data(OLD, 0), 1);
    bench.now = 100;
    bench.data(data(NEW, 0), 5);
    bench.check(&["128/76 (93) at 3", "Valid(Value(85.0))"]);
}

#[test]
fn one_reply_with_other_numbers_is_nothing() {
    let mut bench = Bench::knowing(data(OLD, 0));
    for _ in 0..5 {
        bench.data(data(NEW, 0), 1).data(data(OLD, 0), 2);
    }
    bench.check(&[]);
}

#[test]
fn a_cuff_that_is_touched_is_not_inflated() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.pressures(&[0, 20, 49, 10, 0]).data(data(OLD, 0), 20);
    bench.check(&[]);
}

#[test]
fn a_second_inflation_before_the_result_belongs_to_the_first() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.inflation().data(data(OLD, 0), 1).inflation();
    bench.data(data(NEW, 0), 5);
    bench.check(&["Measuring", "128/76 (93) at 17", "Valid(Value(85.0))"]);
}

#[test]
fn what_takes_too_long_is_told_once_and_its_result_all_the_same() {
    let mut bench = Bench::knowing(data(OLD, 0));
    bench.pressures(&[160]);
    bench.now += 179;
    bench.pressures(&[150, 150, 0]).data(data(OLD, 0), 20);
    bench.check(&["Measuring", "failed Timeout"]);
    bench.pressures(&[160]);
    bench.now += 200;
    bench.pressures(&[150, 0]).data(data(NEW, 0), 2);
    let last = bench.told.split_off(2);
    assert_eq!(last[..2], ["Measuring", "failed Timeout"]);
    assert!(last[2].starts_with("128/76"), "{last:?}");
}

#[test]
fn a_line_that_opens_while_the_cuff_is_inflated_tells_what_comes_of_it() {
    let mut bench = Bench::default();
    bench
        .data(data(OLD, 0), 1)
        .pressures(&[150])
        .data(data(OLD, 0), 2);
    bench.pressures(&[80, 0]).data(data(NEW, 0), 3);
    bench.check(&["Measuring", "128/76 (93) at 6", "Valid(Value(85.0))"]);
}
