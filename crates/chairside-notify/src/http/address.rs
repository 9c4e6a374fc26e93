//! Which addresses are of the internet, and which of the clinic's own network.
//!
//! A webhook's host is asked for by name, and a name can be made to lead anywhere: to the router,
//! to a database without a password, to the service that hands a cloud machine its keys. So an
//! address that is not of the public internet is refused, unless the owner listed its host
//! (security goal S12).
//!
//! The ranges are those of IANA's registries of special-purpose addresses (RFC 6890, RFC 8190).
//! For IPv6 it is the other way round: what is not in `2000::/3`, the only part handed out, is
//! refused, and some of that as well.

use std::net::{IpAddr, Ipv4Addr, Ipv6Addr};

/// Ranges of IPv4 that are not of the public internet: the first address, the bits that count,
/// and what they are.
const NOT_PUBLIC_V4: [([u8; 4], u32, &str); 17] = [
    ([0, 0, 0, 0], 8, "of this machine"),
    ([10, 0, 0, 0], 8, "of a private network"),
    ([100, 64, 0, 0], 10, "of a provider's own network"),
    ([127, 0, 0, 0], 8, "of this machine"),
    // Also where most clouds keep a machine's keys (169.254.169.254).
    ([169, 254, 0, 0], 16, "of this link"),
    ([172, 16, 0, 0], 12, "of a private network"),
    // Oracle's cloud keeps a machine's keys there (192.0.0.192).
    ([192, 0, 0, 0], 24, "reserved"),
    ([192, 0, 2, 0], 24, "for documentation"),
    ([192, 88, 99, 0], 24, "of a 6to4 relay"),
    ([192, 168, 0, 0], 16, "of a private network"),
    ([198, 18, 0, 0], 15, "for benchmarks"),
    ([198, 51, 100, 0], 24, "for documentation"),
    ([203, 0, 113, 0], 24, "for documentation"),
    ([224, 0, 0, 0], 4, "of many machines"),
    ([240, 0, 0, 0], 4, "reserved"),
    // Public by its number, and answered by the host of an Azure machine.
    ([168, 63, 129, 16], 32, "of a cloud's own service"),
    ([255, 255, 255, 255], 32, "of every machine"),
];

/// Ranges of IPv6 with a name of their own that are refused.
const NOT_PUBLIC_V6: [([u16; 8], u32, &str); 15] = [
    ([0, 0, 0, 0, 0, 0, 0, 0], 128, "of this machine"),
    ([0, 0, 0, 0, 0, 0, 0, 1], 128, "of this machine"),
    ([0, 0, 0, 0, 0, 0xffff, 0, 0], 96, "an IPv4 address in IPv6"),
    ([0, 0, 0, 0, 0, 0, 0, 0], 96, "an IPv4 address in IPv6"),
    (
        [0x64, 0xff9b, 0, 0, 0, 0, 0, 0],
        96,
        "an IPv4 address in IPv6",
    ),
    (
        [0x64, 0xff9b, 1, 0, 0, 0, 0, 0],
        48,
        "an IPv4 address in IPv6",
    ),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 32, "an IPv4 address in IPv6"),
    ([0x2002, 0, 0, 0, 0, 0, 0, 0], 16, "an IPv4 address in IPv6"),
    ([0x2001, 0xdb8, 0, 0, 0, 0, 0, 0], 32, "for documentation"),
    ([0x3fff, 0, 0, 0, 0, 0, 0, 0], 20, "for documentation"),
    ([0x2001, 0, 0, 0, 0, 0, 0, 0], 23, "reserved"),
    ([0xfc00, 0, 0, 0, 0, 0, 0, 0], 7, "of a private network"),
    ([0xfe80, 0, 0, 0, 0, 0, 0, 0], 10, "of this link"),
    ([0xfec0, 0, 0, 0, 0, 0, 0, 0], 10, "of a private network"),
    ([0xff00, 0, 0, 0, 0, 0, 0, 0], 8, "of many machines"),
];

/// The part of IPv6 that is handed out.
const HANDED_OUT_V6: ([u16; 8], u32) = ([0x2000, 0, 0, 0, 0, 0, 0, 0], 3);

/// Returns what an address is when it is not of the public internet: "of a private network".
pub(super) fn not_public(address: IpAddr) -> Option<&'static str> {
    match address {
        IpAddr::V4(address) => NOT_PUBLIC_V4
            .iter()
            .find(|(first, bits, _)| in_v4(address, *first, *bits))
            .map(|(_, _, what)| *what),
        IpAddr::V6(address) => NOT_PUBLIC_V6
            .iter()
            .find(|(first, bits, _)| in_v6(address, *first, *bits))
            .map(|(_, _, what)| *what)
            .or_else(|| {
                let (first, bits) = HANDED_OUT_V6;
                (!in_v6(address, first, bits)).then_some("reserved")
            }),
    }
}

fn in_v4(address: Ipv4Addr, first: [u8; 4], bits: u32) -> bool {
    (address.to_bits() ^ Ipv4Addr::from(first).to_bits()).leading_zeros() >= bits
}

fn in_v6(address: Ipv6Addr, first: [u16; 8], bits: u32) -> bool {
    (address.to_bits() ^ Ipv6Addr::from(first).to_bits()).leading_zeros() >= bits
}

#[cfg(test)]
mod tests {
    use super::*;

    fn judge(address: &str) -> Option<&'static str> {
        not_public(address.parse().unwrap())
    }

    #[test]
    fn a_range_ends_where_it_ends() {
        // The last address before a range, its first, its last, and the one after it.
        let ranges = [
            ["9.255.255.255", "10.0.0.0", "10.255.255.255", "11.0.0.0"],
            [
                "100.63.255.255",
                "100.64.0.0",
                "100.127.255.255",
                "100.128.0.0",
            ],
            [
                "126.255.255.255",
                "127.0.0.0",
                "127.255.255.255",
                "128.0.0.0",
            ],
            [
                "169.253.255.255",
                "169.254.0.0",
                "169.254.255.255",
                "169.255.0.0",
            ],
            [
                "172.15.255.255",
                "172.16.0.0",
                "172.31.255.255",
                "172.32.0.0",
            ],
            ["191.255.255.255", "192.0.0.0", "192.0.0.255", "192.0.1.0"],
            ["192.0.1.255", "192.0.2.0", "192.0.2.255", "192.0.3.0"],
            [
                "192.167.255.255",
                "192.168.0.0",
                "192.168.255.255",
                "192.169.0.0",
            ],
            [
                "198.17.255.255",
                "198.18.0.0",
                "198.19.255.255",
                "198.20.0.0",
            ],
            ["1fff::", "2001::", "2001:1ff:ffff::", "2001:200::"],
            [
                "2001:db7:ffff::",
                "2001:db8::",
                "2001:db8:ffff::",
                "2001:db9::",
            ],
            ["2001:ffff::", "2002::", "2002:ffff::", "2003::"],
            ["3ffe:ffff::", "3fff::", "3fff:fff::", "3fff:1000::"],
        ];
        for [before, first, last, after] in ranges {
            assert!(judge(first).is_some(), "{first}");
            assert!(judge(last).is_some(), "{last}");
            assert_eq!(judge(after), None, "{after}");
            if before != "1fff::" {
                assert_eq!(judge(before), None, "{before}");
            }
        }
        assert_eq!(judge("223.255.255.255"), None);
        for refused in [
            "0.0.0.0",
            "0.255.0.1",
            "224.0.0.1",
            "239.1.2.3",
            "255.255.255.255",
        ] {
            assert!(judge(refused).is_some(), "{refused}");
        }
    }

    #[test]
    fn only_what_is_handed_out_of_ipv6_is_public() {
        for first in 0..=u16::MAX {
            let address = Ipv6Addr::new(first, 0x1234, 0, 0, 0, 0, 0, 1);
            let public = (0x2000..=0x3fff).contains(&first) && first != 0x2002;
            assert_eq!(not_public(address.into()).is_none(), public, "{address}");
        }
        for public in [
            "2606:4700::6810:84e5",
            "2a00:1450:4001:82b::200e",
            "2001:4860::1",
        ] {
            assert_eq!(judge(public), None, "{public}");
        }
    }

    #[test]
    fn an_ipv4_address_in_ipv6_is_none_of_the_internet_whatever_it_is() {
        for form in [
            "::ffff:93.184.215.14",
            "::93.184.215.14",
            "64:ff9b::93.184.215.14",
            "64:ff9b:1::7f00:1",
            "2002:7f00:1::",
            "2001:0:4136:e378::1",
        ] {
            assert_eq!(judge(form), Some("an IPv4 address in IPv6"), "{form}");
        }
    }
}
