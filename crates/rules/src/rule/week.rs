//! Hours of a week, which holidays narrow.

/// Which calendar of holidays is meant.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum CalendarId {
    /// Those of the callee's country and subdivisions.
    Own,
    /// The calendar at this place of the tables.
    Named(u16),
}

/// Hours of a day in minutes since midnight, half-open, in order.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub(crate) struct Windows(Vec<(u16, u16)>);

impl Windows {
    pub(crate) fn all_day() -> Self {
        Self(vec![(0, 1_440)])
    }

    /// `None` if they are not in order, or overlap.
    pub(crate) fn new(windows: Vec<(u16, u16)>) -> Option<Self> {
        let in_order = windows.iter().all(|(from, to)| from < to)
            && windows.windows(2).all(|two| matches!(two, [(_, to), (from, _)] if to <= from));
        in_order.then_some(Self(windows))
    }

    pub(crate) fn contains(&self, minute: u16) -> bool {
        self.0.iter().any(|(from, to)| (*from..*to).contains(&minute))
    }

    pub(crate) fn is_closed(&self) -> bool {
        self.0.is_empty()
    }

    pub(crate) fn is_all_day(&self) -> bool {
        self.0 == [(0, 1_440)]
    }

    pub(crate) fn starts(&self) -> impl Iterator<Item = u16> {
        self.0.iter().map(|(from, _)| *from)
    }
}

/// What narrows the hours of some days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Narrowed {
    pub(crate) calendar: CalendarId,
    /// On the day before a holiday, instead of on the holiday.
    pub(crate) eve: bool,
    pub(crate) windows: Windows,
}

/// Hours of a week.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Week {
    /// From Monday.
    pub(crate) days: [Windows; 7],
    pub(crate) narrowed: Vec<Narrowed>,
}

impl Week {
    /// True if it is open at a minute of a day. `is_holiday` says whether a day is a holiday of a
    /// calendar. Days count from 1970-01-01.
    pub(crate) fn is_open(
        &self,
        day: i64,
        minute: u16,
        is_holiday: impl Fn(CalendarId, i64) -> bool,
    ) -> bool {
        self.days[weekday(day)].contains(minute)
            && self.narrowed.iter().all(|one| {
                one.windows.contains(minute) || !is_holiday(one.calendar, day + i64::from(one.eve))
            })
    }

    /// The first minute of a day, not before `minute`, at which it is open.
    pub(crate) fn opens(
        &self,
        day: i64,
        minute: u16,
        is_holiday: impl Fn(CalendarId, i64) -> bool,
    ) -> Option<u16> {
        let narrowed = self.narrowed.iter().map(|one| &one.windows);
        let starts = std::iter::once(&self.days[weekday(day)]).chain(narrowed);
        let starts = starts.flat_map(Windows::starts).filter(|start| *start > minute);
        std::iter::once(minute)
            .chain(starts)
            .filter(|start| self.is_open(day, *start, &is_holiday))
            .min()
    }
}

/// The weekday of a day since 1970-01-01, which was a Thursday; Monday is 0.
fn weekday(day: i64) -> usize {
    (day + 3).rem_euclid(7) as usize
}
