//! Addresses that users give: none of them leads inside.

use std::{
    io::ErrorKind,
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpListener},
    sync::{Arc, Mutex},
    time::Duration,
};

use async_trait::async_trait;
use bytes::Bytes;
use switchboard_http::{
    GuardRules, GuardedClient, NameResolver, PostFailure, UrlRefused, is_public,
};
use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

/// Networks of IANA's registries, as first and last address.
const INSIDE_V4: [(&str, &str); 19] = [
    ("0.0.0.0", "0.255.255.255"),
    ("10.0.0.0", "10.255.255.255"),
    ("100.64.0.0", "100.127.255.255"),
    ("127.0.0.0", "127.255.255.255"),
    ("169.254.0.0", "169.254.255.255"),
    ("172.16.0.0", "172.31.255.255"),
    ("192.0.0.0", "192.0.0.255"),
    ("192.0.2.0", "192.0.2.255"),
    ("192.31.196.0", "192.31.196.255"),
    ("192.52.193.0", "192.52.193.255"),
    ("192.88.99.0", "192.88.99.255"),
    ("192.168.0.0", "192.168.255.255"),
    ("192.175.48.0", "192.175.48.255"),
    ("198.18.0.0", "198.19.255.255"),
    ("198.51.100.0", "198.51.100.255"),
    ("203.0.113.0", "203.0.113.255"),
    ("224.0.0.0", "239.255.255.255"),
    ("240.0.0.0", "255.255.255.254"),
    ("255.255.255.255", "255.255.255.255"),
];

const INSIDE_V6: [(&str, &str); 17] = [
    ("::", "::1"),
    ("64:ff9b::", "64:ff9b::ffff:ffff"),
    ("64:ff9b:1::", "64:ff9b:1:ffff:ffff:ffff:ffff:ffff"),
    ("100::", "100::ffff:ffff:ffff:ffff"),
    ("2001::", "2001:0:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:2::", "2001:2:0:ffff:ffff:ffff:ffff:ffff"),
    ("2001:10::", "2001:1f:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:20::", "2001:2f:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2001:db8::", "2001:db8:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2002::", "2002:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("2620:4f:8000::", "2620:4f:8000:ffff:ffff:ffff:ffff:ffff"),
    ("3ffe::", "3ffe:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("3fff::", "3fff:fff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("5f00::", "5f00:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fc00::", "fdff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("fe80::", "feff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
    ("ff00::", "ffff:ffff:ffff:ffff:ffff:ffff:ffff:ffff"),
];

/// Neighbours of those networks, and hosts that everybody knows.
const OUTSIDE: [&str; 36] = [
    "1.0.0.0",
    "1.1.1.1",
    "8.8.8.8",
    "9.255.255.255",
    "11.0.0.0",
    "93.184.215.14",
    "100.63.255.255",
    "100.128.0.0",
    "126.255.255.255",
    "128.0.0.0",
    "169.253.255.255",
    "169.255.0.0",
    "172.15.255.255",
    "172.32.0.0",
    "191.255.255.255",
    "192.0.1.0",
    "192.0.3.0",
    "192.88.98.255",
    "192.88.100.0",
    "192.167.255.255",
    "192.169.0.0",
    "198.17.255.255",
    "198.20.0.0",
    "198.51.99.255",
    "198.51.101.0",
    "203.0.112.255",
    "203.0.114.0",
    "223.255.255.255",
    "2001:200::1",
    "2001:4860:4860::8888",
    "2001:db7:ffff::1",
    "2001:db9::1",
    "2003::1",
    "2606:4700:4700::1111",
    "2620:4f:8001::1",
    "2a00:1450:4001:800::200e",
];

/// Other spellings of what is inside, as browsers read them.
const SPELLINGS: [&str; 30] = [
    "https://127.1/",
    "https://127.0.1/",
    "https://0/",
    "https://0.0.0.0/",
    "https://0x7f000001/",
    "https://0x7f.0.0.1/",
    "https://0x7F.1/",
    "https://017700000001/",
    "https://0177.0.0.1/",
    "https://2130706433/",
    "https://127.0.0.1./",
    "https://①②⑦.⓪.⓪.①/",
    "https://127。0。0。1/",
    "https://%31%32%37.0.0.1/",
    "https:\\\\127.0.0.1\\",
    "https:127.0.0.1",
    "https:///127.0.0.1/",
    "https://\t127.0.0.1/",
    "https://10.1/",
    "https://167772161/",
    "https://192.168.257/",
    "https://3232235777/",
    "https://2852039166/latest/meta-data/",
    "https://0251.0376.0251.0376/",
    "https://[::1]/",
    "https://[0:0:0:0:0:0:0:1]/",
    "https://[::127.0.0.1]/",
    "https://[::ffff:127.0.0.1]/",
    "https://[::ffff:7f00:1]/",
    "https://[64:ff9b::169.254.169.254]/",
];

/// Every way to write an IPv4 address into an IPv6 address.
fn embedded(address: Ipv4Addr) -> Vec<Ipv6Addr> {
    let [a, b, c, d] = address.octets().map(u16::from);
    let (high, low) = (a << 8 | b, c << 8 | d);
    vec![
        Ipv6Addr::new(0, 0, 0, 0, 0, 0xffff, high, low),
        Ipv6Addr::new(0, 0, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0, 0, 0, 0, 0xffff, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 0, 0, 0, 0, high, low),
        Ipv6Addr::new(0x64, 0xff9b, 1, 0, 0, 0, high, low),
        Ipv6Addr::new(0x2002, high, low, 0, 0, 0, 0, 1),
        Ipv6Addr::new(0x2001, 0, 0, 0, 0, 0, !high, !low),
    ]
}

fn inside() -> Vec<IpAddr> {
    let mut all = Vec::new();
    for (first, last) in INSIDE_V4 {
        let (first, last): (Ipv4Addr, Ipv4Addr) = (first.parse().unwrap(), last.parse().unwrap());
        let middle = Ipv4Addr::from_bits(first.to_bits() / 2 + last.to_bits() / 2);
        all.extend([first, middle, last].map(IpAddr::from));
        all.extend(embedded(last).into_iter().map(IpAddr::from));
        all.extend(embedded(first).into_iter().take(3).map(IpAddr::from));
    }
    for (first, last) in INSIDE_V6 {
        let (first, last): (Ipv6Addr, Ipv6Addr) = (first.parse().unwrap(), last.parse().unwrap());
        let middle = Ipv6Addr::from_bits(first.to_bits() / 2 + last.to_bits() / 2);
        all.extend([first, middle, last].map(IpAddr::from));
    }
    // Public addresses inside of IPv6 ones: what translates them may be inside.
    all.extend(embedded(Ipv4Addr::new(8, 8, 8, 8)).into_iter().map(IpAddr::from));
    all.sort();
    all.dedup();
    all
}

fn url(address: IpAddr) -> String {
    match address {
        IpAddr::V4(address) => format!("https://{address}/hook"),
        IpAddr::V6(address) => format!("https://[{address}]/hook"),
    }
}

#[test]
fn no_address_inside_is_public() {
    let inside = inside();
    assert!(inside.len() >= 270, "{}", inside.len());
    let rules = GuardRules::default();
    for address in inside {
        assert!(!is_public(address), "{address}");
        assert_eq!(rules.check(&url(address)), Err(UrlRefused::Address), "{address}");
    }
    for text in OUTSIDE {
        let address = text.parse().unwrap();
        assert!(is_public(address), "{address}");
        assert!(rules.check(&url(address)).is_ok(), "{address}");
    }
}

#[test]
fn no_spelling_of_an_address_inside_is_taken() {
    let rules = GuardRules::default();
    for text in SPELLINGS {
        assert!(rules.check(text).is_err(), "{text}");
    }
}

#[test]
fn what_is_no_plain_https_address_is_refused() {
    use UrlRefused as No;
    let rules = GuardRules::default();
    let longest = format!("https://example.com/{}", "a".repeat(2_028));
    assert_eq!(longest.len(), 2_048);
    assert!(rules.check(&longest).is_ok());
    let cases = [
        (format!("{longest}a"), No::TooLong),
        ("example.com/hook".to_owned(), No::Malformed),
        ("https://".to_owned(), No::Malformed),
        ("https://exa mple.com/".to_owned(), No::Malformed),
        ("http://example.com/".to_owned(), No::NotHttps),
        ("http://127.0.0.1/".to_owned(), No::NotHttps),
        ("ftp://example.com/".to_owned(), No::NotHttps),
        ("file:///etc/passwd".to_owned(), No::NotHttps),
        ("gopher://127.0.0.1:6379/_x".to_owned(), No::NotHttps),
        ("https://user@example.com/".to_owned(), No::Credentials),
        ("https://:password@example.com/".to_owned(), No::Credentials),
        ("https://example.com@127.0.0.1/".to_owned(), No::Credentials),
        ("https://example.com/#part".to_owned(), No::Fragment),
        ("https://example.com:8443/".to_owned(), No::Port),
        ("https://example.com:22/".to_owned(), No::Port),
    ];
    for (text, why) in cases {
        assert_eq!(rules.check(&text), Err(why), "{text}");
        let said = why.to_string();
        assert!(said.contains(": ") && !said.contains("example.com@"), "{said}");
    }
    assert!(rules.check("https://example.com:443/hook?key=value").is_ok());
    assert!(rules.check("https://bücher.example/hook").is_ok());
}

#[test]
fn networks_and_ports_are_opened_one_by_one() {
    let rules = GuardRules {
        allow_networks: vec!["10.1.2.0/24".parse().unwrap(), "127.0.0.1/32".parse().unwrap()],
        allow_ports: vec![443, 8443],
    };
    assert!(rules.check("https://10.1.2.3:8443/").is_ok());
    assert_eq!(rules.check("https://10.1.3.3/"), Err(UrlRefused::Address));
    // Plain http is for receivers on this machine alone.
    assert!(rules.check("http://127.0.0.1:9000/").is_ok());
    assert_eq!(rules.check("http://127.0.0.2:9000/"), Err(UrlRefused::NotHttps));
    assert_eq!(rules.check("http://10.1.2.3/"), Err(UrlRefused::NotHttps));
    assert_eq!(rules.check("http://localhost:9000/"), Err(UrlRefused::NotHttps));
}

/// Answers each question with the next list of addresses.
#[derive(Debug, Default)]
struct Names {
    answers: Mutex<Vec<Vec<IpAddr>>>,
    asked: Mutex<Vec<String>>,
}

#[async_trait]
impl NameResolver for Names {
    async fn resolve(&self, name: &str) -> std::io::Result<Vec<IpAddr>> {
        self.asked.lock().unwrap().push(name.to_owned());
        Ok(self.answers.lock().unwrap().remove(0))
    }
}

/// A listener that says whether anybody connected.
struct Trap(TcpListener);

impl Trap {
    fn at(address: &str) -> Self {
        let listener = TcpListener::bind(address).unwrap();
        listener.set_nonblocking(true).unwrap();
        Self(listener)
    }

    fn address(&self) -> SocketAddr {
        self.0.local_addr().unwrap()
    }

    /// Connections on this machine are complete before the client hears of them.
    fn was_entered(&self) -> bool {
        match self.0.accept() {
            Ok(_) => true,
            Err(error) => {
                assert_eq!(error.kind(), ErrorKind::WouldBlock);
                false
            }
        }
    }
}

fn client(allow: &[&str], ports: Vec<u16>, answers: &[&[&str]]) -> (GuardedClient, Arc<Names>) {
    let parse = |list: &&[&str]| list.iter().map(|one| one.parse().unwrap()).collect();
    let names = Arc::new(Names {
        answers: Mutex::new(answers.iter().map(parse).collect()),
        asked: Mutex::default(),
    });
    let rules = GuardRules {
        allow_networks: allow.iter().map(|one| one.parse().unwrap()).collect(),
        allow_ports: ports,
    };
    let timeout = Duration::from_secs(5);
    (GuardedClient::with_resolver(rules, timeout, names.clone()).unwrap(), names)
}

async fn post(client: &GuardedClient, url: &str) -> Result<u16, PostFailure> {
    client.post(url, &[], Bytes::from_static(b"{}")).await.map(|answer| answer.status)
}

#[tokio::test]
async fn nothing_inside_is_connected_to() {
    let trap = Trap::at("127.0.0.1:0");
    let port = trap.address().port();
    let (client, names) = client(&[], vec![port], &[&["127.0.0.1"], &["::1"], &["0.0.0.0"]]);
    for url in [
        format!("https://127.0.0.1:{port}/"),
        format!("https://127.1:{port}/"),
        format!("https://[::ffff:127.0.0.1]:{port}/"),
        format!("http://127.0.0.1:{port}/"),
        format!("https://hooks.example:{port}/"),
        format!("https://hooks.example:{port}/"),
        format!("https://hooks.example:{port}/"),
    ] {
        assert_eq!(post(&client, &url).await, Err(PostFailure::NotAllowed), "{url}");
        assert!(!trap.was_entered(), "{url}");
    }
    // What is an address needs no name.
    assert_eq!(names.asked.lock().unwrap().len(), 3);
}

#[tokio::test]
async fn a_name_that_leads_inside_the_second_time_is_refused_then() {
    let allowed = Trap::at("127.0.0.1:0");
    let port = allowed.address().port();
    let inside = Trap::at(&format!("127.0.0.2:{port}"));
    let answers: [&[&str]; 3] = [&["127.0.0.1"], &["127.0.0.2"], &["127.0.0.1", "127.0.0.2"]];
    let (client, names) = client(&["127.0.0.1/32"], vec![port], &answers);
    let url = format!("https://hooks.example:{port}/");
    // Nobody answers there: the connection is all that is looked for. It is closed at once, so that
    // the client does not wait.
    let first = tokio::spawn({
        let (client, url) = (client.clone(), url.clone());
        async move { post(&client, &url).await }
    });
    while !allowed.was_entered() {
        tokio::task::yield_now().await;
    }
    assert_eq!(first.await.unwrap(), Err(PostFailure::Connect));
    for _ in 0..2 {
        assert_eq!(post(&client, &url).await, Err(PostFailure::NotAllowed));
        assert!(!inside.was_entered() && !allowed.was_entered());
    }
    assert_eq!(names.asked.lock().unwrap().len(), 3, "asked for each request");
}

#[tokio::test]
async fn redirects_are_not_followed_and_little_of_an_answer_is_read() {
    let trap = Trap::at("127.0.0.1:0");
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}/hook", listener.local_addr().unwrap());
    let location = format!("http://{}/", trap.address());
    let (client, _) = client(&["127.0.0.1/32"], vec![443], &[]);
    let receiver = tokio::spawn(async move {
        let (mut socket, _) = listener.accept().await.unwrap();
        let mut request = vec![0; 4_096];
        let length = socket.read(&mut request).await.unwrap();
        let head = format!(
            "HTTP/1.1 307 Temporary Redirect\r\nLocation: {location}\r\nSet-Cookie: a=b\r\n\
             Retry-After: 7200\r\nContent-Length: 1000000000\r\n\r\n"
        );
        socket.write_all(head.as_bytes()).await.unwrap();
        // More than the client reads, and less than it was promised: a client that waits for the
        // rest runs into its time limit.
        socket.write_all(&[b'x'; 2_048]).await.unwrap();
        let text = String::from_utf8_lossy(&request[..length]).into_owned();
        // Until the client goes.
        while socket.read(&mut request).await.is_ok_and(|length| length > 0) {}
        text
    });
    let headers = [("webhook-id", "evt_1".to_owned())];
    let answer = client.post(&url, &headers, Bytes::from_static(b"{\"a\":1}")).await.unwrap();
    assert_eq!(answer.status, 307);
    assert_eq!(answer.retry_after, Some(Duration::from_secs(7_200)));
    assert!(!trap.was_entered());
    let request = receiver.await.unwrap();
    assert!(request.starts_with("POST /hook HTTP/1.1\r\n"), "{request}");
    assert!(request.contains("content-type: application/json\r\n"), "{request}");
    assert!(request.contains("webhook-id: evt_1\r\n"), "{request}");
    assert!(request.ends_with("{\"a\":1}"), "{request}");
}
