//! Bytes whose bits each mean something.

/// Makes a type of flags over an unsigned integer: a constant for each flag, `NONE`, and the
/// questions that are asked of them. The bits come from the line and go there as they are,
/// whether or not all of them have a name.
macro_rules! flags {
    ($(#[$doc:meta])* $name:ident($bits:ty) {
        $($(#[$flag_doc:meta])* $flag:ident = $bit:literal,)*
    }) => {
        $(#[$doc])*
        #[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Hash)]
        pub struct $name($bits);

        impl $name {
            /// No flag.
            pub const NONE: Self = Self(0);
            $($(#[$flag_doc])* pub const $flag: Self = Self($bit);)*

            /// Returns the flags of these bits.
            #[inline]
            #[must_use]
            pub const fn from_bits(bits: $bits) -> Self {
                Self(bits)
            }

            /// Returns the bits as they are sent.
            #[inline]
            #[must_use]
            pub const fn bits(self) -> $bits {
                self.0
            }

            /// Tells whether all of these flags are set.
            #[inline]
            #[must_use]
            pub const fn contains(self, flags: Self) -> bool {
                self.0 & flags.0 == flags.0
            }

            /// Tells whether any of these flags is set.
            #[inline]
            #[must_use]
            pub const fn intersects(self, flags: Self) -> bool {
                self.0 & flags.0 != 0
            }

            /// Returns the flags of both.
            #[inline]
            #[must_use]
            pub const fn union(self, flags: Self) -> Self {
                Self(self.0 | flags.0)
            }

            /// Returns the flags that are not set, those without a name included.
            #[inline]
            #[must_use]
            pub const fn complement(self) -> Self {
                Self(!self.0)
            }
        }

        impl std::ops::BitOr for $name {
            type Output = Self;

            #[inline]
            fn bitor(self, flags: Self) -> Self {
                self.union(flags)
            }
        }
    };
}

pub(crate) use flags;
