//! What is declared, arranged for a decision: by name, with the column of each category.

use std::collections::HashMap;
use std::sync::Arc;

use crate::app::catalogue::{Catalogue, Declared};
use crate::domain::id::{CategoryId, ProgramId};
use crate::domain::standing::MaterialChange;

/// Every programme, by name, and the columns that categories have.
#[derive(Default)]
pub(super) struct Programs {
    catalogue: Option<Arc<Catalogue>>,
    by_name: HashMap<String, Program>,
    /// Columns are only ever added: a category that is not declared any more may be declared again.
    columns: HashMap<String, HashMap<String, usize>>,
    count: usize,
}

/// One declared programme.
pub(super) struct Program {
    index: usize,
    /// Material versions of its notice, oldest first.
    pub(super) material: Vec<MaterialChange>,
    /// The newest version of its notice; 0 when there is none.
    pub(super) newest: u32,
    /// The column of each category, in the declaration's order.
    columns: Vec<usize>,
}

impl Programs {
    /// Takes what is declared now.
    pub(super) fn declare(&mut self, catalogue: Arc<Catalogue>) {
        self.by_name = HashMap::new();
        for (index, declared) in catalogue.programs.iter().enumerate() {
            let declaration = &declared.program.declaration;
            let mut material = declared.material.clone();
            material.sort_unstable_by_key(|change| change.version);
            let versions = declared.notices.iter().map(|notice| notice.version.version);
            let columns = declaration.categories.iter();
            let program = Program {
                index,
                material,
                newest: versions.max().unwrap_or_default(),
                columns: columns
                    .map(|category| self.enter(&declaration.id, &category.id))
                    .collect(),
            };
            let name = declaration.id.as_str().to_owned();
            self.by_name.insert(name, program);
        }
        self.catalogue = Some(catalogue);
    }

    /// What is declared now; `None` before anything was read.
    pub(super) const fn catalogue(&self) -> Option<&Arc<Catalogue>> {
        self.catalogue.as_ref()
    }

    /// A declared programme, by name.
    pub(super) fn find(&self, name: &str) -> Option<(&Program, &Declared)> {
        let program = self.by_name.get(name)?;
        let declared = self.catalogue.as_ref()?.programs.get(program.index)?;
        Some((program, declared))
    }

    /// The column of a category, given now if need be.
    pub(super) fn enter(&mut self, program: &ProgramId, category: &CategoryId) -> usize {
        let columns = self.columns.entry(program.as_str().to_owned()).or_default();
        *columns
            .entry(category.as_str().to_owned())
            .or_insert_with(|| {
                self.count += 1;
                self.count - 1
            })
    }
}

impl Program {
    /// The column of a declared category.
    pub(super) fn column(&self, declared: &Declared, category: &str) -> Option<usize> {
        let mut categories = declared.program.declaration.categories.iter();
        let at = categories.position(|declared| declared.id.as_str() == category)?;
        self.columns.get(at).copied()
    }
}
