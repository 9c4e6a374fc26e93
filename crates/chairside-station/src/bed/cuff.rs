//! A person's orders to the bed's cuff (`docs/adr/0021-cuff-orders.md`).

use chairside_alarm::{Act, OperatorAction, Refusal};
use chairside_model::{CuffOrder, CuffRefusal, MonoTime};

use super::Bed;
use crate::record::Entry;
use crate::supervision::Transmit;

impl Bed {
    /// Tells whether the cuff can be told what a person wants of it.
    pub(super) fn check_cuff(&self, act: &Act<'_>) -> Result<(), Refusal> {
        let OperatorAction::Cuff(order) = act.action else {
            return Ok(());
        };
        self.check_cuff_order(order).map_err(Refusal::Cuff)
    }

    fn check_cuff_order(&self, order: CuffOrder) -> Result<(), CuffRefusal> {
        let device = self.cuff.ok_or(CuffRefusal::Unable)?;
        let line = self.lines.get(&device).ok_or(CuffRefusal::Unable)?;
        if order == CuffOrder::Start && line.can_start_cuff() && self.engine.is_swapped(device) {
            return Err(CuffRefusal::OtherDevice);
        }
        line.check_order(order)
    }

    /// Tells the cuff. What cannot be told does nothing.
    pub(super) fn order_cuff(
        &mut self,
        now: MonoTime,
        order: CuffOrder,
        transmit: &mut Transmit,
        out: &mut Vec<Entry>,
    ) {
        let Some(device) = self.cuff else {
            return;
        };
        let Some(line) = self.lines.get_mut(&device) else {
            return;
        };
        let mut bytes = Vec::new();
        line.order(now, order, &mut bytes, &mut self.outcomes);
        if !bytes.is_empty() {
            transmit.push((device, bytes));
        }
        self.take_outcomes(now, device, out);
    }
}
