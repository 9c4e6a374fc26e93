use crate::{Driver, DriverOutput, LineInput};
use chairside_model::MonoTime;
#[derive(Debug)]
pub(super) struct Placeholder;
impl Driver for Placeholder {
    fn handle(&mut self, _: MonoTime, _: LineInput<'_>, _: &mut DriverOutput) {}
    fn next_deadline(&self) -> Option<MonoTime> {
        None
    }
}
