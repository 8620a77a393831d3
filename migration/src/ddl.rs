//! A thin vocabulary over sea-query, so that a table reads as a list of its columns. It adds what
//! every table here shares: the columns of a record, an index behind every reference, and text that
//! sorts by code point on both databases.

use sea_orm_migration::prelude::*;

/// The description of one table, to be created by [`Ddl::create`].
pub(crate) struct Definition {
    name: &'static str,
    statement: TableCreateStatement,
    postgres: bool,
    primary: Vec<&'static str>,
    /// Unique or not, and over which columns.
    indexes: Vec<(bool, Vec<&'static str>)>,
}

/// Makes tables on one database.
pub(crate) struct Ddl<'a> {
    manager: &'a SchemaManager<'a>,
}

impl<'a> Ddl<'a> {
    /// Begins a migration, in its transaction. What changes every row of a large table takes longer
    /// than a query may.
    pub(crate) async fn begin(manager: &'a SchemaManager<'a>) -> Result<Self, DbErr> {
        let ddl = Self { manager };
        if ddl.postgres() {
            ddl.sql("SET LOCAL statement_timeout = 0").await?;
        }
        Ok(ddl)
    }

    pub(crate) fn postgres(&self) -> bool {
        self.manager.get_database_backend() == sea_orm_migration::sea_orm::DatabaseBackend::Postgres
    }

    /// Drops a table.
    pub(crate) async fn drop(&self, name: &'static str) -> Result<(), DbErr> {
        self.manager.drop_table(sea_orm_migration::prelude::Table::drop().table(name).take()).await
    }

    /// A table without columns yet.
    pub(crate) fn table(&self, name: &'static str) -> Definition {
        let mut statement = sea_orm_migration::prelude::Table::create();
        statement.table(name);
        Definition {
            name,
            statement,
            postgres: self.postgres(),
            primary: Vec::new(),
            indexes: Vec::new(),
        }
    }

    /// A table whose rows have an id of their own.
    pub(crate) fn entry(&self, name: &'static str) -> Definition {
        self.table(name).uuid("id").key(&["id"])
    }

    /// A table of records: id, permanent key, version, and the times of entry and of the last
    /// change.
    pub(crate) fn record(&self, name: &'static str) -> Definition {
        self.entry(name).folded("key").unique(&["key"]).stamps()
    }

    /// Creates the table and its indexes.
    pub(crate) async fn create(&self, definition: Definition) -> Result<(), DbErr> {
        let Definition { name, mut statement, primary, indexes, .. } = definition;
        let mut key = Index::create();
        for column in &primary {
            key.col(*column);
        }
        statement.primary_key(&mut key);
        self.manager.create_table(statement).await?;
        for (unique, columns) in indexes {
            let mut index = Index::create();
            index
                .name(format!("{}_{}_{name}", if unique { "uq" } else { "ix" }, columns.join("_")))
                .table(name);
            for column in columns {
                index.col(column);
            }
            if unique {
                index.unique();
            }
            self.manager.create_index(index).await?;
        }
        Ok(())
    }

    /// Adds a column to a table that is there.
    pub(crate) async fn add(
        &self,
        table: &'static str,
        column: &mut ColumnDef,
    ) -> Result<(), DbErr> {
        let mut statement = sea_orm_migration::prelude::Table::alter();
        self.manager.alter_table(statement.table(table).add_column(column).take()).await
    }

    /// What sea-query has no words for: partial indexes and triggers.
    pub(crate) async fn sql(&self, sql: &str) -> Result<(), DbErr> {
        self.manager.get_connection().execute_unprepared(sql).await.map(|_| ())
    }
}

macro_rules! columns {
    ($($(#[$meta:meta])* $name:ident, $null:ident => $kind:ident;)+) => {$(
        $(#[$meta])*
        #[allow(dead_code, reason = "some kinds are only ever nullable")]
        pub(crate) fn $name(self, name: &'static str) -> Self {
            self.column(ColumnDef::new(name).$kind().not_null())
        }

        /// The same, where the value may be unknown.
        #[allow(dead_code, reason = "some kinds are never nullable")]
        pub(crate) fn $null(self, name: &'static str) -> Self {
            self.column(ColumnDef::new(name).$kind())
        }
    )+};
}

impl Definition {
    columns! {
        /// Text as entered.
        text, text_null => text;
        /// A whole number of 32 bits.
        integer, integer_null => integer;
        /// A whole number of 64 bits.
        big_integer, big_integer_null => big_integer;
        /// A calendar date, without a time zone.
        date, date_null => date;
        /// A time of day, without a time zone.
        time, time_null => time;
        /// A moment.
        timestamp, timestamp_null => timestamp_with_time_zone;
        /// Yes or no.
        boolean, boolean_null => boolean;
        /// A floating-point number of 64 bits.
        double, double_null => double;
        /// A JSON value.
        json, json_null => json_binary;
        /// A UUID that refers to nothing.
        uuid, uuid_null => uuid;
    }

    fn column(mut self, column: &mut ColumnDef) -> Self {
        self.statement.col(column);
        self
    }

    /// Text that is compared and ordered by code point: PostgreSQL would otherwise use the locale
    /// of the cluster, and pages would differ from SQLite's.
    pub(crate) fn folded(self, name: &'static str) -> Self {
        let collate = self.collate();
        self.column(ColumnDef::new(name).text().not_null().extra(collate))
    }

    /// The same, where the value may be unknown.
    pub(crate) fn folded_null(self, name: &'static str) -> Self {
        let collate = self.collate();
        self.column(ColumnDef::new(name).text().extra(collate))
    }

    /// A number that the database gives to each row; in SQLite the `rowid`.
    pub(crate) fn numbered(self, name: &'static str) -> Self {
        let by_the_database = if self.postgres { "GENERATED BY DEFAULT AS IDENTITY" } else { "" };
        self.column(ColumnDef::new(name).integer().not_null().extra(by_the_database))
    }

    fn collate(&self) -> &'static str {
        if self.postgres { "COLLATE \"C\"" } else { "" }
    }

    /// Version and times.
    pub(crate) fn stamps(self) -> Self {
        self.integer("version").timestamp("created_at").timestamp("updated_at")
    }

    /// The primary key.
    pub(crate) fn key(mut self, columns: &[&'static str]) -> Self {
        self.primary = columns.to_vec();
        self
    }

    /// A reference to a record, by its id. Indexes are named by [`Self::index`], since each
    /// reference is read in an order.
    pub(crate) fn reference(self, name: &'static str, to: &'static str) -> Self {
        self.uuid(name).foreign(name, to, "id")
    }

    /// The same, where there may be none.
    pub(crate) fn reference_null(self, name: &'static str, to: &'static str) -> Self {
        self.uuid_null(name).foreign(name, to, "id")
    }

    /// A reference to a country, by its code.
    pub(crate) fn country(self, name: &'static str) -> Self {
        self.folded(name).foreign(name, "country", "code")
    }

    /// The same, where there may be none.
    pub(crate) fn country_null(self, name: &'static str) -> Self {
        self.folded_null(name).foreign(name, "country", "code")
    }

    /// Makes a column that is there a reference.
    pub(crate) fn foreign(
        mut self,
        name: &'static str,
        to: &'static str,
        column: &'static str,
    ) -> Self {
        self.statement.foreign_key(ForeignKey::create().from(self.name, name).to(to, column));
        self
    }

    /// An index over these columns.
    pub(crate) fn index(mut self, columns: &[&'static str]) -> Self {
        self.indexes.push((false, columns.to_vec()));
        self
    }

    /// A unique index over these columns; nulls differ from one another.
    pub(crate) fn unique(mut self, columns: &[&'static str]) -> Self {
        self.indexes.push((true, columns.to_vec()));
        self
    }

    /// A condition on every row.
    pub(crate) fn check(mut self, condition: &'static str) -> Self {
        self.statement.check(Expr::cust(condition));
        self
    }
}
