//! The table of what everybody said last: a column for each programme and category, a row for each person.

use std::collections::HashMap;
use std::sync::Arc;

use chrono::{DateTime, Utc};

use super::cell::{Cell, Packed};
use super::people::{CHUNK, People};
use super::programs::{Program, Programs};
use crate::app::catalogue::{Catalogue, Declared};
use crate::domain::attribute::Attributes;
use crate::domain::change::{Allowed, Change, What};
use crate::domain::condition::{Conditions, WHOLE};
use crate::domain::employee::ExternalId;
use crate::domain::program::{ProgramCategory, ProgramStatus, StatusChange};
use crate::domain::standing::{Case, Last};
use crate::store::pulse::ChoiceRow;

type Block = Box<[Cell]>;

/// Moments that are kept exactly at most. Beyond it all of them are forgotten, and the rounded ones stand.
const RECENT: usize = 16_384;

/// All standings, as of one position.
#[derive(Default)]
pub(super) struct Table {
    /// Names this table among all that were built.
    pub(super) generation: u64,
    /// Everything before this position is in.
    pub(super) seq: u64,
    pub(super) programs: Programs,
    people: People,
    /// By column, then by block of people; a block that nobody needs is not there.
    columns: Vec<Vec<Option<Block>>>,
    /// Notice versions that do not fit into a cell, by person and column.
    beside: HashMap<(u32, usize), u32>,
    /// What narrows a choice, where something does.
    conditions: HashMap<(u32, usize), Conditions>,
    /// What is known of people beyond the directory, by their names.
    attributes: HashMap<String, Attributes>,
    /// The exact moments of what was said just now: what is captured right after a yes is not to be lost to rounding.
    recent: HashMap<(u32, usize), DateTime<Utc>>,
}

/// One programme and category of the table.
#[derive(Clone, Copy)]
pub(super) struct Column<'a> {
    table: &'a Table,
    program: &'a Program,
    /// The programme as it was declared.
    pub(super) declared: &'a Declared,
    number: usize,
}

impl Table {
    /// Takes what is declared now.
    pub(super) fn declare(&mut self, catalogue: Arc<Catalogue>) {
        self.programs.declare(catalogue);
    }

    /// Whether the notice version that a choice names is known here: only then does its place in order tell enough.
    pub(super) fn knows_notice_of(&self, row: &ChoiceRow) -> bool {
        let program = self.programs.find(row.event.program.as_str());
        program.is_some_and(|(program, _)| row.event.notice_version <= program.newest)
    }

    /// Takes a choice; what agents have to hear of it. Those of positions that are in already are passed over.
    pub(super) fn apply(&mut self, row: &ChoiceRow, now: DateTime<Utc>) -> Option<Change> {
        let event = &row.event;
        if event.entry < self.seq {
            return None;
        }
        self.seq = event.entry + 1;
        let column = self.programs.enter(&event.program, &event.category);
        let number = self.people.enter(row.employee.as_str())?;
        let last = event.last();
        let material = self.programs.find(event.program.as_str());
        let material = material.map_or(&[][..], |(program, _)| &program.material);
        let cell = match Cell::pack(&last, material) {
            Packed::Whole(cell) => {
                self.beside.remove(&(number, column));
                cell
            }
            Packed::Beside(cell) => {
                self.beside.insert((number, column), last.notice_version);
                cell
            }
        };
        let case = Case {
            status: Some(StatusChange {
                status: ProgramStatus::Active,
                at: last.at,
            }),
            apps: &[],
            material,
            last: Some(last),
            conditions: &WHOLE,
        };
        let standing = case.overall(now.max(last.at));
        let permit = standing.permits().then(|| Allowed {
            since: standing.since,
            until: case.until(),
            conditions: event.conditions.clone(),
        });
        self.put(number, column, cell);
        if event.conditions.is_empty() {
            self.conditions.remove(&(number, column));
        } else {
            let conditions = event.conditions.clone();
            self.conditions.insert((number, column), conditions);
        }
        if self.recent.len() >= RECENT {
            self.recent.clear();
        }
        self.recent.insert((number, column), last.at);
        Some(Change {
            seq: self.seq,
            at: last.at,
            what: What::Choice {
                employee: row.employee.clone(),
                program: event.program.clone(),
                category: event.category.clone(),
                reason: standing.reason,
                permit,
            },
        })
    }

    /// One column, if the category is declared.
    pub(super) fn column(&self, program: &str, category: &str) -> Option<Column<'_>> {
        let (program, declared) = self.programs.find(program)?;
        let number = program.column(declared, category)?;
        Some(Column {
            table: self,
            program,
            declared,
            number,
        })
    }

    /// Somebody's number, to look at several of their choices.
    pub(super) fn person(&self, employee: &str) -> Option<u32> {
        self.people.find(employee)
    }

    /// The name of somebody who has a number.
    pub(super) fn name(&self, person: u32) -> &str {
        self.people.name(person)
    }

    /// How many people have numbers, from 0.
    pub(super) const fn people(&self) -> u32 {
        self.people.count()
    }

    /// Takes what is known of people beyond the directory.
    pub(super) fn know(&mut self, attributes: Vec<(ExternalId, Attributes)>) {
        let named = attributes.into_iter();
        self.attributes = named.map(|(id, known)| (id.into(), known)).collect();
    }

    /// What is known of somebody beyond the directory.
    pub(super) fn attributes(&self, employee: &str) -> Option<&Attributes> {
        self.attributes.get(employee)
    }

    /// Nothing of what is here was said just now.
    pub(super) fn settle(&mut self) {
        self.recent = HashMap::new();
    }

    /// Bytes that are held for people and their choices.
    pub(super) fn bytes_held(&self) -> usize {
        let blocks = self.columns.iter().flatten().flatten();
        let cells = blocks
            .map(|block| size_of_val::<[Cell]>(block))
            .sum::<usize>();
        let places = self.columns.iter().map(Vec::capacity).sum::<usize>();
        let beside = self.beside.capacity() * size_of::<((u32, usize), u32)>();
        self.people.bytes_held() + cells + places * size_of::<Option<Block>>() + beside
    }

    fn put(&mut self, person: u32, column: usize, cell: Cell) {
        let (block, place) = (person as usize / CHUNK, person as usize % CHUNK);
        if self.columns.len() <= column {
            self.columns.resize_with(column + 1, Vec::new);
        }
        let blocks = &mut self.columns[column];
        if blocks.len() <= block {
            blocks.resize_with(block + 1, || None);
        }
        let cells = blocks[block].get_or_insert_with(|| vec![Cell::default(); CHUNK].into());
        cells[place] = cell;
    }

    fn cell(&self, person: u32, column: usize) -> Cell {
        let blocks = self.columns.get(column);
        let block = blocks.and_then(|blocks| blocks.get(person as usize / CHUNK));
        let block = block.and_then(Option::as_ref);
        block
            .and_then(|cells| cells.get(person as usize % CHUNK))
            .copied()
            .unwrap_or_default()
    }
}

impl<'a> Column<'a> {
    /// The declared category of that name.
    pub(super) fn category(&self, name: &str) -> Option<&'a ProgramCategory> {
        let mut categories = self.declared.program.declaration.categories.iter();
        categories.find(|category| category.id.as_str() == name)
    }

    /// The case of somebody in this programme and category; `None` for somebody without a number.
    pub(super) fn case(&self, person: Option<u32>, now: DateTime<Utc>) -> Case<'a> {
        Case {
            status: self.declared.program.status_now(now),
            apps: &self.declared.program.declaration.apps,
            material: &self.program.material,
            last: person.and_then(|person| self.last(person)),
            conditions: person.map_or(&WHOLE, |person| self.conditions(person)),
        }
    }

    /// What narrows somebody's choice.
    fn conditions(&self, person: u32) -> &'a Conditions {
        let conditions = &self.table.conditions;
        if conditions.is_empty() {
            return &WHOLE;
        }
        conditions.get(&(person, self.number)).unwrap_or(&WHOLE)
    }

    /// What somebody said last.
    pub(super) fn last(&self, person: u32) -> Option<Last> {
        let place = (person, self.number);
        let cell = self.table.cell(person, self.number);
        let last = cell.last(&self.program.material, || {
            self.table.beside.get(&place).copied()
        })?;
        let at = self.table.recent.get(&place).copied();
        Some(Last {
            at: at.unwrap_or(last.at),
            ..last
        })
    }
}
