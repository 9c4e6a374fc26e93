//! Matrices of one small size, and their exponential.

/// Eight amounts and rates, and the concentration at the effect site: see [`super::system`].
pub(super) const SIZE: usize = 9;

/// A column.
pub(super) type Vector = [f64; SIZE];

/// The terms of the series that are added up. Where the norm is at most a half, the first that is
/// left out is below 0.5¹⁹ / 19! = 2·10⁻²³, far below what a double can tell.
const TERMS: u32 = 18;

/// A square matrix.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Matrix(pub(super) [Vector; SIZE]);

impl Matrix {
    pub(super) const fn zero() -> Self {
        Self([[0.0; SIZE]; SIZE])
    }

    fn diagonal(value: f64) -> Self {
        let mut matrix = Self::zero();
        for (place, row) in matrix.0.iter_mut().enumerate() {
            row[place] = value;
        }
        matrix
    }

    /// Returns its product with a column.
    pub(super) fn apply(&self, column: &Vector) -> Vector {
        let product = |row: &Vector| row.iter().zip(column).map(|(a, b)| a * b).sum();
        self.0.each_ref().map(product)
    }

    fn times(&self, other: &Self) -> Self {
        let row = |factors: &Vector| {
            let mut sum = [0.0; SIZE];
            for (factor, terms) in factors.iter().zip(&other.0) {
                for (sum, term) in sum.iter_mut().zip(terms) {
                    *sum += factor * term;
                }
            }
            sum
        };
        Self(self.0.each_ref().map(row))
    }

    fn plus(&self, other: &Self) -> Self {
        let mut sum = self.clone();
        for (row, terms) in sum.0.iter_mut().zip(&other.0) {
            for (value, term) in row.iter_mut().zip(terms) {
                *value += term;
            }
        }
        sum
    }

    fn scaled(&self, factor: f64) -> Self {
        Self(self.0.map(|row| row.map(|value| value * factor)))
    }

    /// Returns the largest sum of a row; of entries that are not negative, a norm.
    fn norm(&self) -> f64 {
        let sums = self.0.iter().map(|row| row.iter().sum());
        sums.fold(0.0, f64::max)
    }

    /// Returns the exponential of this matrix times `span`, by scaling and squaring of the series.
    ///
    /// Off the diagonal this matrix must not be negative, which is what compartments give. The
    /// diagonal is moved up to zero first and the result multiplied by what that is worth: then
    /// nothing in the series or in the squares is negative, nothing is lost by cancelling, each
    /// entry is right to nearly all its digits, and a concentration cannot come out below zero.
    pub(super) fn exponential(&self, span: f64) -> Self {
        let steepest = (0..SIZE).map(|place| -self.0[place][place]);
        let shift = steepest.fold(0.0, f64::max);
        let moved = self.plus(&Self::diagonal(shift)).scaled(span);
        let mut squarings = 0;
        let mut scale = 1.0;
        while moved.norm() * scale > 0.5 {
            scale /= 2.0;
            squarings += 1;
        }
        let small = moved.scaled(scale);
        let mut term = Self::diagonal(1.0);
        let mut sum = term.clone();
        for number in 1..=TERMS {
            term = term.times(&small).scaled(1.0 / f64::from(number));
            sum = sum.plus(&term);
        }
        let mut power = sum.scaled((-shift * span * scale).exp());
        for _ in 0..squarings {
            power = power.times(&power);
        }
        power
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_exponential_of_nothing_and_of_one_decay_is_known() {
        assert_eq!(Matrix::zero().exponential(7.0), Matrix::diagonal(1.0));
        let mut decay = Matrix::zero();
        decay.0[0][0] = -0.3;
        decay.0[1][0] = 0.3;
        for span in [1e-3, 1.0, 40.0, 1440.0] {
            let power = decay.exponential(span);
            let left = (-0.3 * span).exp();
            assert!((power.0[0][0] - left).abs() <= left * 1e-11, "{span}");
            assert!((power.0[1][0] - (1.0 - left)).abs() < 1e-11, "{span}");
        }
    }

    #[test]
    fn two_short_steps_are_a_long_one() {
        let mut matrix = Matrix::zero();
        for place in 0..SIZE {
            matrix.0[place][place] = -1.7;
            matrix.0[(place + 1) % SIZE][place] = 1.5;
        }
        let (once, twice) = (matrix.exponential(3.0), matrix.exponential(1.5));
        let twice = twice.times(&twice);
        for (one, other) in once.0.iter().flatten().zip(twice.0.iter().flatten()) {
            assert!(*one >= 0.0 && (one - other).abs() <= one * 1e-12);
        }
    }
}
