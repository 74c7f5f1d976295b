//! The proof that both providers' APIs are whole: every endpoint of the reference documents is
//! reached by a typed method, every field that the documents name in a request is sent, and no
//! field that they show in an answer is dropped.
//!
//! | to find | look at |
//! |---|---|
//! | what is counted against | `rows.rs`, `tests/data/` |
//! | what was reached | `cover.rs` |
//! | the drives | `kallyai*.rs`, `kaicalls.rs` |
//! | the documents' answers through the typed methods | `shown*.rs` |
//! | the JSON examples of the documents | `examples.rs` |
//! | the page that is written from it | `pages.rs` |

mod cover;
mod examples;
mod kaicalls;
mod kallyai;
mod kallyai_account;
mod kallyai_deeds;
mod kallyai_phone;
mod kallyai_talk;
mod pages;
mod rows;
mod shown;
mod shown_kaicalls;
mod shown_kallyai;

use cover::Cover;
use switchboard_testkit::Shape;

const SHAPES: [Shape; 3] = [Shape::February2026, Shape::January2026, Shape::Assistant];

#[tokio::test(flavor = "multi_thread")]
async fn every_endpoint_is_reached_by_a_typed_method_with_every_documented_field() {
    let mut cover = Cover::new();
    for shape in SHAPES {
        let drive = kallyai::drive(shape).await;
        assert_eq!(drive.missing("kallyai"), Vec::<String>::new(), "{shape:?}");
        cover.join(drive);
    }
    cover.join(kaicalls::drive().await);
    assert_eq!(cover.missing("kaicalls"), Vec::<String>::new());

    let (mut reached, mut rows) = (0, 0);
    for section in cover.sections() {
        println!(
            "{:>3} of {:>3}  {} {}",
            section.reached,
            section.rows.len(),
            section.provider,
            section.name
        );
        reached += section.reached;
        rows += section.rows.len();
    }
    println!("{reached} of {rows}");
    assert_eq!((reached, rows), (157, 157));

    let (missing, fields) = cover.never_sent();
    assert!(missing.is_empty(), "documented and never sent:\n{}", missing.join("\n"));
    println!("{fields} of {fields} documented names of requests were sent");
    pages::hold(&cover);
}

#[tokio::test(flavor = "multi_thread")]
async fn no_field_of_a_documented_answer_is_dropped() {
    let (kallyai, kaicalls) = (shown_kallyai::all().await, shown_kaicalls::all().await);
    println!("{kallyai} answers of KallyAI and {kaicalls} of KaiCalls came back whole");
}
