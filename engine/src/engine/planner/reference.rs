//! Where what a row refers to is found: in the row, in what is joined to it, or in what is read
//! behind it.

use super::*;

impl<'a> Planner<'a> {
    /// Where a field is computed of rows that are read once for all that refer to them: what has to
    /// be looked for in a long list, as the name of a country, would else be looked for in each row
    /// that refers to it. None where it is computed of the row itself.
    pub(super) fn looked_up_once(
        &mut self,
        rows: &mut RowPlan,
        noun: &'static Noun,
        of: TableRef,
        computed: &Computed,
        field: &Merged<'a>,
    ) -> Option<(usize, usize)> {
        computed
            .entries
            .filter(|entries| self.sees.known || of != OWN && entries().best.is_some())?;
        let at = rows.reads.id(of);
        Some(self.behind(rows, noun, (at, field.when)))
    }

    /// The child of rows that reads the objects of a noun to which keys at a place lead; and the
    /// number of this key there. What several references of a row lead to is read at once, where
    /// nothing is read behind it.
    fn behind(&self, rows: &mut RowPlan, to: &'static Noun, from: (usize, When)) -> (usize, usize) {
        let is_same = |child: &Child| match &child.what {
            Behind::One(rows) => rows.reads.noun.name == to.name && rows.children.is_empty(),
            Behind::List(_) => false,
        };
        let number = rows.children.iter().position(is_same).unwrap_or_else(|| {
            let mut behind = RowPlan { reads: Reads::new(to), children: Vec::new() };
            behind.reads.id(OWN);
            let holds = to.table.columns[to.table.id].holds.clone();
            rows.children.push(Child {
                from: Vec::new(),
                holds,
                what: Behind::One(Box::new(behind)),
            });
            rows.children.len() - 1
        });
        let keys = &mut rows.children[number].from;
        keys.push(from);
        (number, keys.len() - 1)
    }

    /// Where the object is found that the column `by`, which stands at a place, refers to; and how
    /// it is shown.
    pub(super) fn reference(
        &mut self,
        rows: &mut RowPlan,
        of: TableRef,
        (by, at): (usize, usize),
        to: &'static Noun,
        field: &Merged<'a>,
    ) -> Option<(FoundAt, Object)> {
        if self.sees.is_open(to)
            && let Some(object) = self.known(at, to, field)
        {
            return Some((FoundAt::Row(at), object));
        }
        let followed = self.sees.follows(to).then(|| rows.reads.follow(of, by, to)).flatten();
        if let Some(joined) = followed {
            let object = self.object(rows, to, joined, &field.places)?;
            return Some((FoundAt::Row(rows.reads.id(joined)), object));
        }
        let mut own = RowPlan { reads: Reads::new(to), children: Vec::new() };
        let known = self.own.len();
        let object = self.object(&mut own, to, OWN, &field.places)?;
        if own.children.is_empty() {
            // It is planned anew as part of what other references lead to.
            self.own.truncate(known);
            let (number, key) = self.behind(rows, to, (at, field.when));
            let Behind::One(behind) = &mut rows.children[number].what else { return None };
            let object = self.object(behind, to, OWN, &field.places)?;
            return Some((FoundAt::Child(number, key), object));
        }
        // What is read behind it is for what this reference leads to, and for nothing else.
        own.reads.id(OWN);
        let holds = to.table.columns[to.table.id].holds.clone();
        let what = Behind::One(Box::new(own));
        rows.children.push(Child { from: vec![(at, field.when)], holds, what });
        Some((FoundAt::Child(rows.children.len() - 1, 0), object))
    }

    /// What a reference says by itself: the key of what it refers to. None where more is wanted.
    fn known(&mut self, at: usize, to: &'static Noun, field: &Merged<'a>) -> Option<Object> {
        let key = &to.table.columns[to.table.id];
        let fields = self.collector.fields(to.name, &field.places)?;
        let shown = |field: &Merged<'_>| {
            Some(match name(field) {
                "__typename" => SelectedField::TypeName(to.name),
                "id" => SelectedField::Id { at, holds: key.holds.clone(), noun: to.name },
                other => match &to.field(other)?.what {
                    FieldKind::Column(column, _) if *column == key.name => {
                        SelectedField::Column { at, holds: key.holds.clone() }
                    }
                    _ => return None,
                },
            })
        };
        fields.iter().map(|field| shown(field).map(|what| slot(field, what))).collect()
    }
}
