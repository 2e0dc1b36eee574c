-- A database as Plumbline wrote it before it had a quality gate: sqlite3's .dump of it, without the tables and fields of
-- record types that have no records. README.md in this folder tells how it came about.
PRAGMA application_id = 1347177794;
PRAGMA foreign_keys=OFF;
BEGIN TRANSACTION;
CREATE TABLE grdb_migrations (identifier TEXT NOT NULL PRIMARY KEY);
INSERT INTO grdb_migrations VALUES('1 runs');
INSERT INTO grdb_migrations VALUES('2 people');
INSERT INTO grdb_migrations VALUES('3 values');
INSERT INTO grdb_migrations VALUES('4 audit');
INSERT INTO grdb_migrations VALUES('5 versions of dead letters');
INSERT INTO grdb_migrations VALUES('6 record types of streams');
INSERT INTO grdb_migrations VALUES('7 imports');
INSERT INTO grdb_migrations VALUES('8 computed definitions');
CREATE TABLE streams (
    id INTEGER PRIMARY KEY,
    connection TEXT NOT NULL,
    stream TEXT NOT NULL,
    cursor TEXT, record_type TEXT,
    UNIQUE (connection, stream)
) STRICT;
INSERT INTO streams VALUES(1,'diary','deeds',replace('cd50717c25c34e0a138fbc587b43f4e5\n{"offset":476,"line":6,"records":5,"digest":"72bdcaecea76d30a-a7d2279-4","size":476,"modified":"2026-11-26T06:26:28.975721Z","end":true}','\n',char(10)),'deed');
INSERT INTO streams VALUES(2,'sheets','rows',NULL,'deed');
CREATE TABLE runs (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    started INTEGER NOT NULL,
    finished INTEGER,
    state TEXT NOT NULL,
    message TEXT,
    source_count INTEGER,
    pages INTEGER NOT NULL DEFAULT 0,
    inserted INTEGER NOT NULL DEFAULT 0,
    updated INTEGER NOT NULL DEFAULT 0,
    unchanged INTEGER NOT NULL DEFAULT 0,
    deleted INTEGER NOT NULL DEFAULT 0,
    older INTEGER NOT NULL DEFAULT 0,
    rejected INTEGER NOT NULL DEFAULT 0,
    gone INTEGER NOT NULL DEFAULT 0
) STRICT;
INSERT INTO runs VALUES(1,1,1795674388074832,1795674388094488,'succeeded',NULL,NULL,1,5,0,0,0,0,1,0);
INSERT INTO runs VALUES(2,2,1795674388103584,1795674388108630,'succeeded',NULL,NULL,1,0,0,0,0,0,0,0);
INSERT INTO runs VALUES(3,2,1795674388771964,1795674388775257,'succeeded','import of first.csv',NULL,1,2,0,0,0,0,0,0);
INSERT INTO runs VALUES(4,2,1795674388934743,1795674388938118,'succeeded','import of second.csv',NULL,1,1,1,0,0,0,0,0);
INSERT INTO runs VALUES(5,1,1795674389099114,1795674389108607,'succeeded',NULL,NULL,1,0,1,3,0,0,1,1);
INSERT INTO runs VALUES(6,2,1795674389109509,1795674389111026,'succeeded',NULL,NULL,1,0,0,0,0,0,0,0);
CREATE TABLE run_anomalies (
    id INTEGER PRIMARY KEY,
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    anomaly TEXT NOT NULL
) STRICT;
CREATE TABLE sweeps (
    stream_id INTEGER PRIMARY KEY REFERENCES streams (id),
    run_id INTEGER NOT NULL REFERENCES runs (id) ON DELETE CASCADE,
    record_type TEXT NOT NULL
) STRICT;
CREATE TABLE sweep_ids (
    stream_id INTEGER NOT NULL REFERENCES sweeps (stream_id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    PRIMARY KEY (stream_id, external_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE dead_letters (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    stream_id INTEGER NOT NULL REFERENCES streams (id),
    external_id TEXT,
    reason TEXT NOT NULL,
    expression TEXT,
    place TEXT,
    input BLOB,
    input_bytes INTEGER NOT NULL,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    created INTEGER NOT NULL,
    state TEXT NOT NULL
, source_version TEXT) STRICT;
INSERT INTO dead_letters VALUES(1,1,'5','''points'' wants decimal?, not ''xxxx''','source.points','connectors/diary.yaml:13:15',X'0817a6b2c749e842b9d2d52c30df6db61802d94bec04171d8249b200e75706e4e95c9c467cef131f232a122dd2d4e04bc629ab7f81efd8864d00d9f736350bd9f8a34cf176fe9483e04d9e512809f40038cc9290462089da87ee0a49cd4ba8069ec95ca8ae3e1dd964ec05047ec10f39b1bcea3a6f243067d585ace8b460230ff0',101,5,1795674388080762,'open',NULL);
CREATE TABLE stale_marks (
    record_type TEXT PRIMARY KEY,
    generation INTEGER NOT NULL,
    is_set INTEGER NOT NULL
) STRICT;
INSERT INTO stale_marks VALUES('activity',2,0);
INSERT INTO stale_marks VALUES('approval',2,0);
INSERT INTO stale_marks VALUES('asset',2,0);
INSERT INTO stale_marks VALUES('attendance_day',2,0);
INSERT INTO stale_marks VALUES('budget_line',2,0);
INSERT INTO stale_marks VALUES('campaign',2,0);
INSERT INTO stale_marks VALUES('change',2,0);
INSERT INTO stale_marks VALUES('content_item',2,0);
INSERT INTO stale_marks VALUES('deal',2,0);
INSERT INTO stale_marks VALUES('deed',9,0);
INSERT INTO stale_marks VALUES('defect',2,0);
INSERT INTO stale_marks VALUES('deployment',2,0);
INSERT INTO stale_marks VALUES('dispute',2,0);
INSERT INTO stale_marks VALUES('event',2,0);
INSERT INTO stale_marks VALUES('feature_usage',2,0);
INSERT INTO stale_marks VALUES('finance_period',2,0);
INSERT INTO stale_marks VALUES('headcount_day',2,0);
INSERT INTO stale_marks VALUES('hire',2,0);
INSERT INTO stale_marks VALUES('improvement',2,0);
INSERT INTO stale_marks VALUES('incident',2,0);
INSERT INTO stale_marks VALUES('invoice',2,0);
INSERT INTO stale_marks VALUES('kb_article',2,0);
INSERT INTO stale_marks VALUES('key_event',2,0);
INSERT INTO stale_marks VALUES('lead',2,0);
INSERT INTO stale_marks VALUES('milestone',2,0);
INSERT INTO stale_marks VALUES('okr_key_result',2,0);
INSERT INTO stale_marks VALUES('partner',2,0);
INSERT INTO stale_marks VALUES('payroll_run',2,0);
INSERT INTO stale_marks VALUES('purchase',2,0);
INSERT INTO stale_marks VALUES('rating',2,0);
INSERT INTO stale_marks VALUES('recruiting_cost',2,0);
INSERT INTO stale_marks VALUES('requisition',2,0);
INSERT INTO stale_marks VALUES('separation',2,0);
INSERT INTO stale_marks VALUES('service_request',2,0);
INSERT INTO stale_marks VALUES('survey_response',2,0);
INSERT INTO stale_marks VALUES('ticket',2,0);
INSERT INTO stale_marks VALUES('timesheet_entry',2,0);
INSERT INTO stale_marks VALUES('training',2,0);
INSERT INTO stale_marks VALUES('work_item',2,0);
CREATE TABLE record_fields (
    record_type TEXT NOT NULL,
    field TEXT NOT NULL,
    kind TEXT NOT NULL,
    PRIMARY KEY (record_type, field)
) STRICT, WITHOUT ROWID;
INSERT INTO record_fields VALUES('deed','at','datetime');
INSERT INTO record_fields VALUES('deed','id','string');
INSERT INTO record_fields VALUES('deed','owner_id','employee_ref');
INSERT INTO record_fields VALUES('deed','points','decimal');
CREATE TABLE accounts (
    connection TEXT NOT NULL,
    account TEXT NOT NULL,
    valid_from TEXT NOT NULL,
    valid_to TEXT,
    state TEXT NOT NULL,
    employee_id TEXT,
    name TEXT,
    email TEXT,
    phone TEXT,
    staff_number TEXT,
    candidates TEXT NOT NULL,
    rule TEXT,
    decided_by TEXT,
    decided_at INTEGER,
    PRIMARY KEY (connection, account, valid_from)
) STRICT, WITHOUT ROWID;
INSERT INTO accounts VALUES('diary','fang','',NULL,'resolved','U01',NULL,'fang@plumbline.example',NULL,NULL,'[]','email',NULL,NULL);
INSERT INTO accounts VALUES('diary','li','',NULL,'resolved','U03',NULL,'li@plumbline.example',NULL,NULL,'[]','email',NULL,NULL);
INSERT INTO accounts VALUES('diary','qiang','',NULL,'resolved','U02',NULL,'qiang@plumbline.example',NULL,NULL,'[]','email',NULL,NULL);
INSERT INTO accounts VALUES('diary','stranger','',NULL,'resolved','U03',NULL,NULL,NULL,NULL,'[]','person','cli',1795674388406943);
INSERT INTO accounts VALUES('sheets','fang','',NULL,'resolved','U01',NULL,'fang@plumbline.example',NULL,NULL,'[]','email',NULL,NULL);
INSERT INTO accounts VALUES('sheets','li','',NULL,'resolved','U03',NULL,'li@plumbline.example',NULL,NULL,'[]','email',NULL,NULL);
CREATE TABLE people (
    employee_id TEXT NOT NULL,
    position_in_file INTEGER NOT NULL,
    name_zh TEXT,
    name_en TEXT,
    emails TEXT NOT NULL,
    phones TEXT NOT NULL,
    unit TEXT,
    job TEXT,
    manager_id TEXT,
    responsible_for TEXT NOT NULL,
    valid_from TEXT,
    valid_to TEXT,
    PRIMARY KEY (employee_id, position_in_file)
) STRICT, WITHOUT ROWID;
INSERT INTO people VALUES('U01',0,'王芳',NULL,'["fang@plumbline.example"]','[]','准绳/一部',NULL,NULL,'[]',NULL,NULL);
INSERT INTO people VALUES('U02',1,'赵强',NULL,'["qiang@plumbline.example"]','[]','准绳/二部',NULL,NULL,'[]',NULL,NULL);
INSERT INTO people VALUES('U03',2,'孙丽',NULL,'["li@plumbline.example"]','[]','准绳/二部',NULL,NULL,'[]',NULL,NULL);
CREATE TABLE indicator_values (
    id INTEGER PRIMARY KEY,
    indicator_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    period_id TEXT NOT NULL,
    status TEXT NOT NULL,
    numerator TEXT,
    denominator TEXT,
    decimal TEXT,
    sample_size INTEGER NOT NULL,
    included INTEGER NOT NULL,
    excluded INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    unmatched INTEGER NOT NULL,
    flags TEXT NOT NULL,
    definition_version TEXT NOT NULL,
    evidence_digest TEXT NOT NULL,
    revision INTEGER NOT NULL,
    is_current INTEGER NOT NULL,
    run_id INTEGER,
    cause TEXT NOT NULL,
    published INTEGER NOT NULL,
    audit_sequence INTEGER NOT NULL,
    UNIQUE (indicator_id, subject_kind, subject_id, period_id, revision)
) STRICT;
INSERT INTO indicator_values VALUES(1,'deed_count','employee','U01','2026-07','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,1,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(2,'deed_count','employee','U01','2026-Q3','complete','2','1','2',2,2,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(3,'deed_count','employee','U02','2026-08','complete','1','1','1',1,1,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(4,'deed_count','employee','U02','2026-Q3','complete','1','1','1',1,1,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(5,'deed_count','employee','U03','2026-08','complete','1','1','1',1,1,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','737620a3f74c3eafddcd0411497b87c943fe85526c7fd26676d23ce51c28adbc',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(6,'deed_count','employee','U03','2026-Q3','complete','1','1','1',1,1,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','737620a3f74c3eafddcd0411497b87c943fe85526c7fd26676d23ce51c28adbc',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(7,'deed_count','org_unit','准绳','2026-07','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,1,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(8,'deed_count','org_unit','准绳','2026-08','complete','2','1','2',2,2,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','72be1b37b1e517a8926794e2256555a3783f36306f0565a6769843d693e9de03',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(9,'deed_count','org_unit','准绳','2026-Q3','complete','4','1','4',4,4,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','9a15f41612bbad5f5aa3ec8446d3ae6ebe42f898ac665ad942dbb2b3476c71e8',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(10,'deed_count','org_unit','准绳/一部','2026-07','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,1,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(11,'deed_count','org_unit','准绳/一部','2026-Q3','complete','2','1','2',2,2,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(12,'deed_count','org_unit','准绳/二部','2026-08','complete','2','1','2',2,2,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','72be1b37b1e517a8926794e2256555a3783f36306f0565a6769843d693e9de03',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(13,'deed_count','org_unit','准绳/二部','2026-Q3','complete','2','1','2',2,2,0,0,1,'[]','ed46df507a526628d14ffe7885281aeb','72be1b37b1e517a8926794e2256555a3783f36306f0565a6769843d693e9de03',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(14,'deed_points','employee','U01','2026-07','complete','7','4','1.75',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,1,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(15,'deed_points','employee','U01','2026-Q3','complete','7','4','1.75',2,2,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(16,'deed_points','employee','U02','2026-08','complete','4','1','4.00',1,1,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(17,'deed_points','employee','U02','2026-Q3','complete','4','1','4.00',1,1,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(18,'deed_points','employee','U03','2026-08','complete','1','1','1.00',1,1,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','737620a3f74c3eafddcd0411497b87c943fe85526c7fd26676d23ce51c28adbc',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(19,'deed_points','employee','U03','2026-Q3','complete','1','1','1.00',1,1,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','737620a3f74c3eafddcd0411497b87c943fe85526c7fd26676d23ce51c28adbc',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(20,'deed_points','org_unit','准绳','2026-07','complete','7','4','1.75',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,1,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(21,'deed_points','org_unit','准绳','2026-08','complete','5','2','2.50',2,2,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','72be1b37b1e517a8926794e2256555a3783f36306f0565a6769843d693e9de03',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(22,'deed_points','org_unit','准绳','2026-Q3','complete','17','8','2.13',4,4,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','9a15f41612bbad5f5aa3ec8446d3ae6ebe42f898ac665ad942dbb2b3476c71e8',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(23,'deed_points','org_unit','准绳/一部','2026-07','complete','7','4','1.75',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,1,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(24,'deed_points','org_unit','准绳/一部','2026-Q3','complete','7','4','1.75',2,2,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(25,'deed_points','org_unit','准绳/二部','2026-08','complete','5','2','2.50',2,2,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','72be1b37b1e517a8926794e2256555a3783f36306f0565a6769843d693e9de03',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(26,'deed_points','org_unit','准绳/二部','2026-Q3','complete','5','2','2.50',2,2,0,0,1,'[]','88dc21a411abdd4daae6051af8dc2f59','72be1b37b1e517a8926794e2256555a3783f36306f0565a6769843d693e9de03',1,0,2,'pull',1795674388136464,2);
INSERT INTO indicator_values VALUES(27,'deed_count','employee','U01','2026-Q3','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(28,'deed_count','employee','U02','2026-08','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',2,1,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(29,'deed_count','employee','U02','2026-Q3','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',2,1,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(30,'deed_count','employee','U03','2026-08','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','17fe29fcc41bc76f8fa84a24900ef0f73599985702b69b055d42e8b5cbab4e55',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(31,'deed_count','employee','U03','2026-Q3','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','17fe29fcc41bc76f8fa84a24900ef0f73599985702b69b055d42e8b5cbab4e55',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(32,'deed_count','org_unit','准绳','2026-08','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','174624907eb4a0684442daf56bf8bed169da4935053c2e455d08efa7436c7e9c',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(33,'deed_count','org_unit','准绳','2026-Q3','complete','5','1','5',5,5,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','3e9dfd6edf8b361f0c7f32978d67179cafde0b9d429d2378294c5e83f6ef1281',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(34,'deed_count','org_unit','准绳/一部','2026-Q3','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(35,'deed_count','org_unit','准绳/二部','2026-08','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','174624907eb4a0684442daf56bf8bed169da4935053c2e455d08efa7436c7e9c',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(36,'deed_count','org_unit','准绳/二部','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','174624907eb4a0684442daf56bf8bed169da4935053c2e455d08efa7436c7e9c',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(37,'deed_points','employee','U01','2026-Q3','complete','7','4','1.75',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(38,'deed_points','employee','U02','2026-08','complete','4','1','4.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',2,1,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(39,'deed_points','employee','U02','2026-Q3','complete','4','1','4.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047',2,1,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(40,'deed_points','employee','U03','2026-08','complete','2','1','2.00',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','17fe29fcc41bc76f8fa84a24900ef0f73599985702b69b055d42e8b5cbab4e55',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(41,'deed_points','employee','U03','2026-Q3','complete','2','1','2.00',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','17fe29fcc41bc76f8fa84a24900ef0f73599985702b69b055d42e8b5cbab4e55',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(42,'deed_points','org_unit','准绳','2026-08','complete','8','3','2.67',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','174624907eb4a0684442daf56bf8bed169da4935053c2e455d08efa7436c7e9c',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(43,'deed_points','org_unit','准绳','2026-Q3','complete','23','10','2.30',5,5,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','3e9dfd6edf8b361f0c7f32978d67179cafde0b9d429d2378294c5e83f6ef1281',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(44,'deed_points','org_unit','准绳/一部','2026-Q3','complete','7','4','1.75',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(45,'deed_points','org_unit','准绳/二部','2026-08','complete','8','3','2.67',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','174624907eb4a0684442daf56bf8bed169da4935053c2e455d08efa7436c7e9c',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(46,'deed_points','org_unit','准绳/二部','2026-Q3','complete','8','3','2.67',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','174624907eb4a0684442daf56bf8bed169da4935053c2e455d08efa7436c7e9c',2,0,NULL,'account resolved',1795674388510861,4);
INSERT INTO indicator_values VALUES(47,'deed_count','employee','U01','2026-09','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','067fb747886065132ed4cbc60ddec09617c639b418240f0e58d92ce817b3404e',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(48,'deed_count','employee','U01','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2dd79025e936facaf71123682f4d19615dc9fc1c55850441251c9bc4cb35d433',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(49,'deed_count','employee','U03','2026-09','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','ac8f59932a4e6d16ea79857dfda9cc0656baa1c0caa363a354eb7969bf378559',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(50,'deed_count','employee','U03','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','c48d838fee6a34857a21cfa28db8bcfd8c543a17cd59fea8b22e621f8ae2d3ae',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(51,'deed_count','org_unit','准绳','2026-09','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','b30f10dab2aed229194e51440b888c9c6e80db74e2c772b1adc4a651d6eac5a7',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(52,'deed_count','org_unit','准绳','2026-Q3','complete','7','1','7',7,7,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','f1ad0e49923a084825cd83db98efa4381e5ee71225649629d71104d5cdd9d828',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(53,'deed_count','org_unit','准绳/一部','2026-09','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','067fb747886065132ed4cbc60ddec09617c639b418240f0e58d92ce817b3404e',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(54,'deed_count','org_unit','准绳/一部','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2dd79025e936facaf71123682f4d19615dc9fc1c55850441251c9bc4cb35d433',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(55,'deed_count','org_unit','准绳/二部','2026-09','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','ac8f59932a4e6d16ea79857dfda9cc0656baa1c0caa363a354eb7969bf378559',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(56,'deed_count','org_unit','准绳/二部','2026-Q3','complete','4','1','4',4,4,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','c3d57e23a9030d7e2ebc607369a28ad7c094eaf5cfdf91e8b1f4691102a403f5',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(57,'deed_points','employee','U01','2026-09','complete','5','1','5.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','067fb747886065132ed4cbc60ddec09617c639b418240f0e58d92ce817b3404e',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(58,'deed_points','employee','U01','2026-Q3','complete','17','6','2.83',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2dd79025e936facaf71123682f4d19615dc9fc1c55850441251c9bc4cb35d433',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(59,'deed_points','employee','U03','2026-09','complete','7','1','7.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','ac8f59932a4e6d16ea79857dfda9cc0656baa1c0caa363a354eb7969bf378559',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(60,'deed_points','employee','U03','2026-Q3','complete','11','3','3.67',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','c48d838fee6a34857a21cfa28db8bcfd8c543a17cd59fea8b22e621f8ae2d3ae',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(61,'deed_points','org_unit','准绳','2026-09','complete','6','1','6.00',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','b30f10dab2aed229194e51440b888c9c6e80db74e2c772b1adc4a651d6eac5a7',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(62,'deed_points','org_unit','准绳','2026-Q3','complete','47','14','3.36',7,7,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','f1ad0e49923a084825cd83db98efa4381e5ee71225649629d71104d5cdd9d828',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(63,'deed_points','org_unit','准绳/一部','2026-09','complete','5','1','5.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','067fb747886065132ed4cbc60ddec09617c639b418240f0e58d92ce817b3404e',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(64,'deed_points','org_unit','准绳/一部','2026-Q3','complete','17','6','2.83',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2dd79025e936facaf71123682f4d19615dc9fc1c55850441251c9bc4cb35d433',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(65,'deed_points','org_unit','准绳/二部','2026-09','complete','7','1','7.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','ac8f59932a4e6d16ea79857dfda9cc0656baa1c0caa363a354eb7969bf378559',1,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(66,'deed_points','org_unit','准绳/二部','2026-Q3','complete','15','4','3.75',4,4,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','c3d57e23a9030d7e2ebc607369a28ad7c094eaf5cfdf91e8b1f4691102a403f5',3,0,3,'import',1795674388801959,7);
INSERT INTO indicator_values VALUES(67,'deed_count','employee','U01','2026-09','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','672a22d8b733aeb34cbe75d6f9a07d2e84488f456b92c69fc8bd720fe3afb776',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(68,'deed_count','employee','U01','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','8e81fbb7180a446a14facd791b0ed5f9ca4c51ada8f3bbd29500e0ec97324b5b',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(69,'deed_count','employee','U03','2026-09','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','8b580ce72de711488b7f46f8748a388dc54a0ca7955622bf3c0d69701eb9e927',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(70,'deed_count','employee','U03','2026-Q3','complete','4','1','4',4,4,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','a35636e3f202d8b71b27911d04992984fae3a4fe980cbdc499505225ea65377c',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(71,'deed_count','org_unit','准绳','2026-09','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','f2822fbfe51abffbd83dbccf6e2ab5bb49929bed00e8e95e04cadb800269a09d',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(72,'deed_count','org_unit','准绳','2026-Q3','complete','8','1','8',8,8,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','31202d2ec4a5f61ae4bcef66fb91cd57f970a78a43860cd62e173a03f958b31e',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(73,'deed_count','org_unit','准绳/一部','2026-09','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','672a22d8b733aeb34cbe75d6f9a07d2e84488f456b92c69fc8bd720fe3afb776',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(74,'deed_count','org_unit','准绳/一部','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','8e81fbb7180a446a14facd791b0ed5f9ca4c51ada8f3bbd29500e0ec97324b5b',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(75,'deed_count','org_unit','准绳/二部','2026-09','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','8b580ce72de711488b7f46f8748a388dc54a0ca7955622bf3c0d69701eb9e927',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(76,'deed_count','org_unit','准绳/二部','2026-Q3','complete','5','1','5',5,5,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','a29e3177ac9bb1b0cfc221ede082f75e2f2455dc9a92510499165917622667c3',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(77,'deed_points','employee','U01','2026-09','complete','6','1','6.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','672a22d8b733aeb34cbe75d6f9a07d2e84488f456b92c69fc8bd720fe3afb776',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(78,'deed_points','employee','U01','2026-Q3','complete','19','6','3.17',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','8e81fbb7180a446a14facd791b0ed5f9ca4c51ada8f3bbd29500e0ec97324b5b',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(79,'deed_points','employee','U03','2026-09','complete','15','2','7.50',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','8b580ce72de711488b7f46f8748a388dc54a0ca7955622bf3c0d69701eb9e927',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(80,'deed_points','employee','U03','2026-Q3','complete','19','4','4.75',4,4,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','a35636e3f202d8b71b27911d04992984fae3a4fe980cbdc499505225ea65377c',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(81,'deed_points','org_unit','准绳','2026-09','complete','7','1','7.00',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','f2822fbfe51abffbd83dbccf6e2ab5bb49929bed00e8e95e04cadb800269a09d',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(82,'deed_points','org_unit','准绳','2026-Q3','complete','65','16','4.06',8,8,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','31202d2ec4a5f61ae4bcef66fb91cd57f970a78a43860cd62e173a03f958b31e',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(83,'deed_points','org_unit','准绳/一部','2026-09','complete','6','1','6.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','672a22d8b733aeb34cbe75d6f9a07d2e84488f456b92c69fc8bd720fe3afb776',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(84,'deed_points','org_unit','准绳/一部','2026-Q3','complete','19','6','3.17',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','8e81fbb7180a446a14facd791b0ed5f9ca4c51ada8f3bbd29500e0ec97324b5b',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(85,'deed_points','org_unit','准绳/二部','2026-09','complete','15','2','7.50',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','8b580ce72de711488b7f46f8748a388dc54a0ca7955622bf3c0d69701eb9e927',2,1,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(86,'deed_points','org_unit','准绳/二部','2026-Q3','complete','23','5','4.60',5,5,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','a29e3177ac9bb1b0cfc221ede082f75e2f2455dc9a92510499165917622667c3',4,0,4,'import',1795674388965317,9);
INSERT INTO indicator_values VALUES(87,'deed_count','employee','U01','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','6420048b5b47f6a24ec15411d5bab5699db62ee306f8dfe0b35d904942cad2aa',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(88,'deed_count','employee','U03','2026-08','complete','1','1','1',1,1,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','a4880958cccf88c0b1db46134693692ef19b13049636c89fe670abd0af82a099',3,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(89,'deed_count','employee','U03','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2fe0163ffab69a083d5a8d0bbb1da1bbb6e51fac2b8ceb5e227e1540ce3c89c0',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(90,'deed_count','org_unit','准绳','2026-08','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','a3d003ec876861b96675d6e4227d370825dbc3e298bc5bdfe636b2c22743d0e0',3,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(91,'deed_count','org_unit','准绳','2026-Q3','complete','7','1','7',7,7,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','9348155f109769a340b671ee6cc224fe88dbff6d350b5e7ed5a1ac7b88c88cb1',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(92,'deed_count','org_unit','准绳/一部','2026-Q3','complete','3','1','3',3,3,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','6420048b5b47f6a24ec15411d5bab5699db62ee306f8dfe0b35d904942cad2aa',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(93,'deed_count','org_unit','准绳/二部','2026-08','complete','2','1','2',2,2,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','a3d003ec876861b96675d6e4227d370825dbc3e298bc5bdfe636b2c22743d0e0',3,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(94,'deed_count','org_unit','准绳/二部','2026-Q3','complete','4','1','4',4,4,0,0,0,'[]','ed46df507a526628d14ffe7885281aeb','2f2810d3b54f7301f1f51ddc97076f95eb25d08a2e127e9e22441c3245fdba07',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(95,'deed_points','employee','U01','2026-Q3','complete','11','2','5.50',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','6420048b5b47f6a24ec15411d5bab5699db62ee306f8dfe0b35d904942cad2aa',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(96,'deed_points','employee','U03','2026-08','complete','3','1','3.00',1,1,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','a4880958cccf88c0b1db46134693692ef19b13049636c89fe670abd0af82a099',3,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(97,'deed_points','employee','U03','2026-Q3','complete','6','1','6.00',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2fe0163ffab69a083d5a8d0bbb1da1bbb6e51fac2b8ceb5e227e1540ce3c89c0',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(98,'deed_points','org_unit','准绳','2026-08','complete','7','2','3.50',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','a3d003ec876861b96675d6e4227d370825dbc3e298bc5bdfe636b2c22743d0e0',3,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(99,'deed_points','org_unit','准绳','2026-Q3','complete','11','2','5.50',7,7,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','9348155f109769a340b671ee6cc224fe88dbff6d350b5e7ed5a1ac7b88c88cb1',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(100,'deed_points','org_unit','准绳/一部','2026-Q3','complete','11','2','5.50',3,3,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','6420048b5b47f6a24ec15411d5bab5699db62ee306f8dfe0b35d904942cad2aa',5,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(101,'deed_points','org_unit','准绳/二部','2026-08','complete','7','2','3.50',2,2,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','a3d003ec876861b96675d6e4227d370825dbc3e298bc5bdfe636b2c22743d0e0',3,1,6,'pull',1795674389154457,10);
INSERT INTO indicator_values VALUES(102,'deed_points','org_unit','准绳/二部','2026-Q3','complete','11','2','5.50',4,4,0,0,0,'[]','88dc21a411abdd4daae6051af8dc2f59','2f2810d3b54f7301f1f51ddc97076f95eb25d08a2e127e9e22441c3245fdba07',5,1,6,'pull',1795674389154457,10);
CREATE TABLE rebuilt_values (
    indicator_id TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id TEXT NOT NULL,
    period_id TEXT NOT NULL,
    status TEXT NOT NULL,
    numerator TEXT,
    denominator TEXT,
    decimal TEXT,
    sample_size INTEGER NOT NULL,
    included INTEGER NOT NULL,
    excluded INTEGER NOT NULL,
    missing INTEGER NOT NULL,
    unmatched INTEGER NOT NULL,
    flags TEXT NOT NULL,
    definition_version TEXT NOT NULL,
    evidence_digest TEXT NOT NULL,
    PRIMARY KEY (indicator_id, subject_kind, subject_id, period_id)
) STRICT, WITHOUT ROWID;
CREATE TABLE periods (
    period_id TEXT PRIMARY KEY,
    state TEXT NOT NULL,
    changed_by TEXT NOT NULL,
    changed INTEGER NOT NULL,
    reason TEXT
) STRICT;
INSERT INTO periods VALUES('2026-07','locked','cli',1795674388642717,'三季度前封账');
CREATE TABLE findings (
    id INTEGER PRIMARY KEY,
    kind TEXT NOT NULL,
    period_id TEXT NOT NULL,
    old_value TEXT NOT NULL,
    new_value TEXT NOT NULL,
    reason TEXT NOT NULL,
    found INTEGER NOT NULL,
    UNIQUE (kind, old_value, new_value)
) STRICT;
INSERT INTO findings VALUES(1,'locked_period','2026-07','{"indicator_id":"deed_count","subject_kind":"employee","subject_id":"U01","period_id":"2026-07","status":"complete","numerator":"2","denominator":"1","decimal":"2","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"ed46df507a526628d14ffe7885281aeb","evidence_digest":"2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5"}','{"indicator_id":"deed_count","subject_kind":"employee","subject_id":"U01","period_id":"2026-07","status":"complete","numerator":"2","denominator":"1","decimal":"2","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"ed46df507a526628d14ffe7885281aeb","evidence_digest":"fcf5e1b2a41447ef0202de3adc1a383b196d9f9d9b661941eaa01e395f1b1b34"}','the period 2026-07 is locked; pull would change the value',1795674389151371);
INSERT INTO findings VALUES(2,'locked_period','2026-07','{"indicator_id":"deed_count","subject_kind":"org_unit","subject_id":"准绳","period_id":"2026-07","status":"complete","numerator":"2","denominator":"1","decimal":"2","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"ed46df507a526628d14ffe7885281aeb","evidence_digest":"2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5"}','{"indicator_id":"deed_count","subject_kind":"org_unit","subject_id":"准绳","period_id":"2026-07","status":"complete","numerator":"2","denominator":"1","decimal":"2","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"ed46df507a526628d14ffe7885281aeb","evidence_digest":"fcf5e1b2a41447ef0202de3adc1a383b196d9f9d9b661941eaa01e395f1b1b34"}','the period 2026-07 is locked; pull would change the value',1795674389151964);
INSERT INTO findings VALUES(3,'locked_period','2026-07','{"indicator_id":"deed_count","subject_kind":"org_unit","subject_id":"准绳/一部","period_id":"2026-07","status":"complete","numerator":"2","denominator":"1","decimal":"2","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"ed46df507a526628d14ffe7885281aeb","evidence_digest":"2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5"}','{"indicator_id":"deed_count","subject_kind":"org_unit","subject_id":"准绳/一部","period_id":"2026-07","status":"complete","numerator":"2","denominator":"1","decimal":"2","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"ed46df507a526628d14ffe7885281aeb","evidence_digest":"fcf5e1b2a41447ef0202de3adc1a383b196d9f9d9b661941eaa01e395f1b1b34"}','the period 2026-07 is locked; pull would change the value',1795674389152405);
INSERT INTO findings VALUES(4,'locked_period','2026-07','{"indicator_id":"deed_points","subject_kind":"employee","subject_id":"U01","period_id":"2026-07","status":"complete","numerator":"7","denominator":"4","decimal":"1.75","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"88dc21a411abdd4daae6051af8dc2f59","evidence_digest":"2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5"}','{"indicator_id":"deed_points","subject_kind":"employee","subject_id":"U01","period_id":"2026-07","status":"complete","numerator":"21","denominator":"4","decimal":"5.25","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"88dc21a411abdd4daae6051af8dc2f59","evidence_digest":"fcf5e1b2a41447ef0202de3adc1a383b196d9f9d9b661941eaa01e395f1b1b34"}','the period 2026-07 is locked; pull would change the value',1795674389152943);
INSERT INTO findings VALUES(5,'locked_period','2026-07','{"indicator_id":"deed_points","subject_kind":"org_unit","subject_id":"准绳","period_id":"2026-07","status":"complete","numerator":"7","denominator":"4","decimal":"1.75","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"88dc21a411abdd4daae6051af8dc2f59","evidence_digest":"2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5"}','{"indicator_id":"deed_points","subject_kind":"org_unit","subject_id":"准绳","period_id":"2026-07","status":"complete","numerator":"21","denominator":"4","decimal":"5.25","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"88dc21a411abdd4daae6051af8dc2f59","evidence_digest":"fcf5e1b2a41447ef0202de3adc1a383b196d9f9d9b661941eaa01e395f1b1b34"}','the period 2026-07 is locked; pull would change the value',1795674389153461);
INSERT INTO findings VALUES(6,'locked_period','2026-07','{"indicator_id":"deed_points","subject_kind":"org_unit","subject_id":"准绳/一部","period_id":"2026-07","status":"complete","numerator":"7","denominator":"4","decimal":"1.75","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"88dc21a411abdd4daae6051af8dc2f59","evidence_digest":"2757d8de60d695b7c83c57a2216e58cb4603c2683d60f533cc436edcb38293e5"}','{"indicator_id":"deed_points","subject_kind":"org_unit","subject_id":"准绳/一部","period_id":"2026-07","status":"complete","numerator":"21","denominator":"4","decimal":"5.25","sample_size":2,"included":2,"excluded":0,"missing":0,"unmatched":0,"flags":"[]","definition_version":"88dc21a411abdd4daae6051af8dc2f59","evidence_digest":"fcf5e1b2a41447ef0202de3adc1a383b196d9f9d9b661941eaa01e395f1b1b34"}','the period 2026-07 is locked; pull would change the value',1795674389153892);
CREATE TABLE audit (
    sequence INTEGER PRIMARY KEY,
    time INTEGER NOT NULL,
    actor TEXT NOT NULL,
    action TEXT NOT NULL,
    detail TEXT NOT NULL,
    previous_mac BLOB NOT NULL,
    mac BLOB NOT NULL
) STRICT;
INSERT INTO audit VALUES(1,1795674387840877,'cli','people.import','{"added":["U01","U02","U03"],"changed":[],"removed":[],"unchanged":0}',X'0000000000000000000000000000000000000000000000000000000000000000',X'3168576258408b35c7886b4a17a8735e3e6d472c07f55967b648f74ab0ef1235');
INSERT INTO audit VALUES(2,1795674388137313,'cli','values.publish','{"cause":"pull","hashes":["f5a5a91bf46c5584adf930217e12dd959a752959cb6c19785cc415e30890ae71","ffd8d31ec55e0de9d0d3e1fe416144e224cacb6c517a9fe43646b4cc73fa66ff","dd4e9e515dc6cc615d56040ae144ccf5e6c1de8b1e3d76af6f1f2b7d464f6352","056636655442652ea9a2d9eefc9c0589c1365f710e6a2ed318dc039dfc18bbf4","fa6d5c0c5f58b191226ac66d9d60efea686195f7d20aee7043754e09a3138fcd","c1ed1b260f1fee9a473e76cebc58927694f28a0677a05c08ce0f7e0529e769f7","2414609ffe1333d7feccfda5df20f123ee007186cf3ed2cdeeefa5c969c0f6e2","ac3e0ce0bb5b8015f991eec0c25d45052c304ae164023ff201425127a9adb23f","fc5eea82c8d85187271fdb85fdb35c09b34546dbc991ae1b020394febce9cb0e","234bbb9e6c5d61935292b0da4e0b69459d8107e79464304fe518bac815a1e099","2eca6088b1f0de10bf82618547924ba75334f3a8eada65426449d86b6afcf705","f1b52e44850b7d1bfb1bdaa4b6f8046249fb53241a8dc936cceb169095e06958","e8b0a5fa3ff4c6af0882d9cc2fead0e0b235bb2519a1282fe06f8dc9cf236610","173db49c78bb2d58285549db570c35bb4bd67b02ed89ab472d22869ad147180a","f3783cc6da7c1c1137752799f44010723a93ee2a12cd6a4bef70226ff2eff6f1","e7589b19d1ea5d875818c856e9ad9b467cb68afec909ad21f27a87dc145388c9","dbb0c30c804492f8eabbaf0661597b7ff84ff0e84f7589f04b49ecd3a00b46f8","c8c1198db55ce7eb1f9164f0c17ab0f90976a9ec653a0efbde5235fe64aae94c","26bb49209f506b67235a315d07a1a396406d4fb62bc7d4045796f2e8d16cdc2f","e282aaf6d931fb40d6d1e2c09132c9feb3fa33e208a195636b82a741d62f5147","3421d8ca67a18c26f370f6ff2019526633117d3334fdf192d22d30019ca29900","f6ce779dc3253f5141936b1b6130e29f1098336322f369b0302b1601a787f38b","73de8754a484c2567ede733d641d05794d752f617fae7094072e3a59166fa08b","04e649beb4f147524f5f1fdd83d38449d450d492916e24e5b6ff48c096ea045f","661614ea4499784edde1574ee3a889d77b4bd7d09d97eaa73488e6ccbfd11f9c","d4776af18511ff0800aebe803c39918e99981a8c7b2f94c51bc001bb5ec55bbc"],"refused":0,"run":2}',X'3168576258408b35c7886b4a17a8735e3e6d472c07f55967b648f74ab0ef1235',X'f4dfc5fb1d06575d09e999f2585f1111b5dae5da252edcd4691629e62dc8a78d');
INSERT INTO audit VALUES(3,1795674388406943,'cli','account.resolved','{"account":"bddd05244c46354c89e8d3ed3fa6fcea522410f125d50e59bf9a9dc54a95eeb3","connection":"diary","employee":"U03","from":"","to":""}',X'f4dfc5fb1d06575d09e999f2585f1111b5dae5da252edcd4691629e62dc8a78d',X'baa56c5eca7f7940f0ebc84c320045f27c198a658a5424165e034e3c61899336');
INSERT INTO audit VALUES(4,1795674388511651,'cli','values.publish','{"cause":"account resolved","hashes":["20857a44e0de0c38cd159fa01a5f184eca936ec738ad667ccc65ba39d8767c3a","57546765c59e251803aac6c452414ad82dd2a0a13b87de2420c7371171452059","26c7482d3c52b17000e81b2d8a8d0ad647c8363cbb27bb416eb0269b15a7f461","de7157a6a56d26f01129be94ab03e6ead4ddc8d2d552611ff1093183ff49d507","c80b57b2d42236ca45c74cdc61087df0f44e331a5cbf3bab0bef66a710c916e1","114be3efc29e7e5012febe2713c7627dc940fa888a97baf1c316b85dcf29c375","f3d3307a2ece94be730a549922487efd80bea4e580a02608a60ee360471dbfc6","f89b10d04f2f581b516c5ef75b4a9c14b7c452604da21ba7e6c64c85072102ce","3de72f77c1802fe7c915e23c17c669800cf01ad02eb5e944bae1d914ae9f8863","fbd59e1b64ef2a888a90a1dca92d74fc1016a890f586f75bde1085d6d7d575e3","77c6f5da750450507d02baf01fc7d0ff9d867690a6079bcd70a1c0094a5f9897","4a64a46ccf615ee233926d4af47b5e87303337145f34365fac5136a0bdcf97a7","2bad40978aeaab1453b6655356d9c8432515f624e689e5d535ea94e621093c23","8fb65213ddd77d040ee5f3f49a62cf9089c0da62ffc73dc92dfd32899a636f94","6fc01a0b20a96d6f9e75b185ebd24bb438898883a61f7a0c854b966ce057d58e","c8c682c9e55e9397b7df6eb07480e516b02fa0f36899958fbf0a5883c081b271","d7bdeecc0ab574c257833697895a18594886760113cd1dacd4bdd403085b7c31","2148875f2d20da4ac5b985f826775025acb790bc65c605e538a8120f06b4d003","183cb8d19cccb13a72cbc47f301782410b4ee1f95a1ba830cb0672c9c317d554","ee275d2258ce8c23bf82ee4c52e20ac0c07bd149c557ed79b6ee90a98477880e"],"refused":0,"run":null}',X'baa56c5eca7f7940f0ebc84c320045f27c198a658a5424165e034e3c61899336',X'07881695615d6b96b90e6b617e47e458ffa357de51ba504a005c46f1a141bbc8');
INSERT INTO audit VALUES(5,1795674388642717,'cli','period.locked','{"from":"open","period":"2026-07","reason":"三季度前封账"}',X'07881695615d6b96b90e6b617e47e458ffa357de51ba504a005c46f1a141bbc8',X'1135a7b0d1da5bdd497fd21adc5cf0311756ee4291fe2907f164e950b85f691a');
INSERT INTO audit VALUES(6,1795674388774658,'cli','import','{"digest":"e53b0108c01cb087239cc2c70f762b80e14a232ba54af4981b84eb6c4fcc7ae8","import":1,"run":3}',X'1135a7b0d1da5bdd497fd21adc5cf0311756ee4291fe2907f164e950b85f691a',X'e60cf564b5cacfaff732792013ce99bdcdf5be3cc904debb533b0e7d2a958bee');
INSERT INTO audit VALUES(7,1795674388802797,'cli','values.publish','{"cause":"import","hashes":["3832451048259704aa87276970fd5e7e55ef848d4ba59bc0c98c1e5c68ec84ae","a7177c6c9967735269ec42fe9fe4fe636a5dd78416c2d6abefe95f6a5bb16102","98a8043746e31a7ef1f7353156456d0cb2c6d587de2f8b073308c4fb33951869","5a159c3a397391455958054ad02d329125ecaf38ef040971c2fc1361a8031841","744c0c3f2a558c1eaa4bb9c6e7ece65c6a6639542ef217bc2317f04b1665bcef","66987c636eef76160156a580e858730f06538f4a0539c09d7c0e82e98172554d","034cffb6ffc176b2968e02d727042fcea06e9d5b442fa86f24a6a5a87145f16a","3774e0d998e224f06828a447f0c335be6ab678be162545e30d7a9909c04d06c3","97e9d6db4ba2f6e88642ab3c8f7e68648588915185781d9eb2cc2e6ebbf5cddd","61c7f27215437894fd782a6141d828166e4b3aa589e798710ae113108e90b585","d512f31de1f3a66fe17dec4259642bdacbef8322a9ccfe8c3a832cee9916d0a5","8b883fff5f96a76f616f38816b95622de71ff244917fad688d238f56f951fad9","32c3dab393a6aa8ea7af1b0cb4fa9efdf39dfd2ac5f9cd08da57a43ca3023b04","ebbd3500fb587e7de1bd527506b7d667a1f92edb27743af83d6537d0a33813b5","8b293175de35bb7a7939b99ef1ca1d0283575007a6370bb44f432550e83d4f94","46f0520623aa59463a622f7b8a2f42178538d3c24690f056e7aa6716eb1ed0dd","d4c96fd9e592e572a6a8b6e73f0e63e0e2873a4ea6d92dc0b76e52d4b362bab4","74c7805c3172d50a7d981e1364742f732b7e57cec807cf1920c9d5baf9171bc9","6dc45476ea7676b434221edd9df0d6f0fadc076c0e80214b0b746e72c0ae6d85","53fc35311cae6a605a40043693eb5352a8ec45da6de742eb345768d17a5cdd20"],"refused":0,"run":3}',X'e60cf564b5cacfaff732792013ce99bdcdf5be3cc904debb533b0e7d2a958bee',X'f2ec0cbba35cbc117f17a82f5d5be11b344dce37dd6b48c160fbec8699c5be6a');
INSERT INTO audit VALUES(8,1795674388937561,'cli','import','{"digest":"f73e96a9b237aaf2fc977c60bf4e7cb512544e48fde3c0c7ea642cb027202992","import":2,"run":4}',X'f2ec0cbba35cbc117f17a82f5d5be11b344dce37dd6b48c160fbec8699c5be6a',X'e2914473a6e423d0465be1ce5d0be0762c058577102d87051edfe886ef050c44');
INSERT INTO audit VALUES(9,1795674388966099,'cli','values.publish','{"cause":"import","hashes":["618933fb9ce1d07e48b4d7da52f6aa99967374bc5cc33c806f04ad76c6c50212","27116fd99837a431a4976e9982edb97f0d458c69ae12ec2cdf6066b358813402","4603ce132ccaa3799039c1f6aa4f9ad118319e399186f3f037a617e96aa2f232","a40cd3bf7d7b516409a68733ac9d8153b035f82cd4c89e1ab35d6b5ec3a794d8","9a6620d42330aeb6e346b649802fc76dd5ff277785ba45abd515b61750b704db","c01169090968d0814e319d87a87607487bdd48eec40e1071a5e813e3d5cbaf85","4f98be6b1eae6e4e3078a2ca6340dc918751ebacd89a2544fc92f332bc5b13eb","26104a5103cc43b686395acb5a201396717eae218cdf3c9b06211aa8a6c02f04","161bb8a33707bc1d89e89562e40df05da6ae01970c50530899a6608037913f95","2f2743c80f5d940fdd87d48a8c4ea27db8e700cbf420117c51a457e6951449bc","88030324f1eae29f5b05862dac9c62a452e6da66161ca5c45a10c201cf97e7f2","2620f8287dee8e87fba5d1e233cd158d76293a5acf259bf88e292ec4488ff202","ea808fc05c4cf15429507bfd20790d556293406e0529d41d370a626b53e8d29d","9c01c0e5b684c3c3bf8f96551aaf58f4e15ef82f9840ccfa9a2418cc9b40ad4d","1f5c165881151da84423e239500a9377954030526e7ed569f29a147f7c936920","ac93e11abbe9fb07b9ea16e83f344b4b242170c84781617c5996ac49b619c93c","3c270c4d4215b4b68d25edca79d50cd75eeeceb469180225de907b0c81c02147","9e28d49c1954541a469844b9ed708b858f7e6db8ead326e04866f3431da6e80a","a41b90d5754dade7729ef4ce535c30f87ee68df5f0ffcf65b6bf200a40e1cbb2","e9965af3132b01da4745ae8d048ae0fe2ce64d0532b0e58c07f0afa9e843fd8d"],"refused":0,"run":4}',X'e2914473a6e423d0465be1ce5d0be0762c058577102d87051edfe886ef050c44',X'ae978eafeb8fcb4cee8222a664a05faad6e4c10114bb5f0425e9795ea80d6dcd');
INSERT INTO audit VALUES(10,1795674389155202,'cli','values.publish','{"cause":"pull","hashes":["702760a69b1d2164d4cf937f1c8269b10cf979213ddb81825cf19bf941a48a89","75c791ad3ff3a5564a05f04076662ce936555542f0dffcab904244300754ed07","50f7ecf9f0a8ddf277ebb980fb9d837ce3085fb8b1713e32cdddf8403f69180e","a31f557b473d0097b331e5cdd7f53ab2aa36860821920ec03a0fa14234359b45","2db308fa3991e7df923b6f81e49dddcef287fbf9677a8aff9106c78d01e9c7af","b26a6e2e29be514a2133170aeb42944e68d96f7c33747b3ba9ca98b6493b7a1f","6669baa488109ced01918f12abdf7e859662ba1e42593c4cf6d5793b18c8b900","7ce1496ab160c7ecce1f343ff80d75bbeb2e429284fa3ae059d66f1d246dfe0f","f120708e9dbaec1db9896407ace538649723bf2033575f2295ecb4e23d7c1e71","ad9677e85d1cc8f37d4e723a292b561d2b229fcce55378c91880eb4527926dde","1de16a8300357fb0e65e04709f3aadc3f75b9efda09b655cbaad86c8eddeea2a","217bbd435aedc4b322cf164f6c5bd019adef885c83bcbd39f50bdcedbe5fd56f","b0a7a63d46afe7b943e358bb0370780e5321527c8db2aefe5eeeebca38578596","b5fae920a5f94e052cb702efd10f58fa159d85aa0ad3710f3eaaeb37fb09cccb","69989c6ea54265749535334a704dc84b472357e819376334f20ee333703616c8","d767d600f5a5884298112c95cfed0754b051e58c9d47970ae502dff1d43bb9ef"],"refused":6,"run":6}',X'ae978eafeb8fcb4cee8222a664a05faad6e4c10114bb5f0425e9795ea80d6dcd',X'0859de77a297459e6739bf388e54f1269669abd82cae874fb8bff00141f142cf');
CREATE TABLE audit_head (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    sequence INTEGER NOT NULL,
    mac BLOB NOT NULL,
    check_mac BLOB NOT NULL
) STRICT;
INSERT INTO audit_head VALUES(1,10,X'0859de77a297459e6739bf388e54f1269669abd82cae874fb8bff00141f142cf',X'741ab6556fc193e4ba7dc5e7177bbec98cbf18b63f2adcee8b37bec62e2aa304');
CREATE TABLE store_keys (
    id INTEGER PRIMARY KEY CHECK (id = 1),
    fingerprint BLOB NOT NULL
) STRICT;
INSERT INTO store_keys VALUES(1,X'8f3c3573425b45e45ab4c50e7c92a23693c3e56fe084c1a0069f26b8c27b393cc23a7f5fc985ec758348d277545bca40f4f14fab91181b80ca0466a68fca55ea');
CREATE TABLE imports (
    id INTEGER PRIMARY KEY AUTOINCREMENT,
    run_id INTEGER NOT NULL REFERENCES runs (id),
    record_type TEXT NOT NULL,
    file_name TEXT NOT NULL,
    file_digest TEXT NOT NULL,
    file_bytes INTEGER NOT NULL,
    actor TEXT NOT NULL,
    undone INTEGER,
    undone_by TEXT
) STRICT;
INSERT INTO imports VALUES(1,3,'deed','first.csv','e53b0108c01cb087239cc2c70f762b80e14a232ba54af4981b84eb6c4fcc7ae8',124,'cli',NULL,NULL);
INSERT INTO imports VALUES(2,4,'deed','second.csv','f73e96a9b237aaf2fc977c60bf4e7cb512544e48fde3c0c7ea642cb027202992',124,'cli',NULL,NULL);
CREATE TABLE import_changes (
    import_id INTEGER NOT NULL REFERENCES imports (id) ON DELETE CASCADE,
    external_id TEXT NOT NULL,
    hash BLOB NOT NULL,
    before TEXT NOT NULL,
    PRIMARY KEY (import_id, external_id)
) STRICT, WITHOUT ROWID;
INSERT INTO import_changes VALUES(2,'A',X'067fb747886065132ed4cbc60ddec09617c639b418240f0e58d92ce817b3404e','["db873fef03efbfbe6e640d4693e272d7",null,3,3,"live","A","fang",1788228000000000,"5"]');
CREATE TABLE computed_definitions (
    indicator_id TEXT PRIMARY KEY,
    version TEXT NOT NULL
) STRICT, WITHOUT ROWID;
INSERT INTO computed_definitions VALUES('ad_annual_event_satisfaction','3ec122d9f4f4f9b534e3d69efc51556b');
INSERT INTO computed_definitions VALUES('ad_asset_count_accuracy','0c6e0c984d5c7782fa1fc9c8db251d92');
INSERT INTO computed_definitions VALUES('ad_asset_intact_rate','5b7e007d375a178648908de58c1f5627');
INSERT INTO computed_definitions VALUES('ad_employee_satisfaction','d6c8656c63de2c79227843cc5238b54a');
INSERT INTO computed_definitions VALUES('ad_event_budget_deviation','d7dfa87caed210bb13923789dd26c970');
INSERT INTO computed_definitions VALUES('ad_event_on_time_rate','66f5543b04053fa011178dfe6868eed5');
INSERT INTO computed_definitions VALUES('ad_expense_control_rate','c37a3ecb9e43cbbd0aff677fb5842b3f');
INSERT INTO computed_definitions VALUES('ad_initiative_rating','e62e8570543152f03e69fbdb914375ce');
INSERT INTO computed_definitions VALUES('ad_key_project_completion_rate','dd230cce589f64af61a6fc866d05794b');
INSERT INTO computed_definitions VALUES('ad_process_improvement_count','94ee17d88b70170d0d214c6de8b722c7');
INSERT INTO computed_definitions VALUES('ad_request_completion_rate','f0fe598e8a3451feb8da5916706ae72a');
INSERT INTO computed_definitions VALUES('ad_request_response_rate','ee146b7ac845749cf5c0e927fb35350a');
INSERT INTO computed_definitions VALUES('ad_supply_saving_rate','1f3cde813f53e92e44ff9c623cc4e38f');
INSERT INTO computed_definitions VALUES('at_absence_rate','88e1c67e9aadc0b56c2650f9537c3c41');
INSERT INTO computed_definitions VALUES('at_attendance_rate','0b2ef6e8066d006b9d73f2c1c837e314');
INSERT INTO computed_definitions VALUES('at_punctuality_rate','984ae5a89149323d6e07a0ccec9213e7');
INSERT INTO computed_definitions VALUES('bd_channel_revenue','5bf0f78e1566f158d19884b72577a79b');
INSERT INTO computed_definitions VALUES('bd_channel_revenue_share','853f7d9254ec3befcd76840acbfb43d8');
INSERT INTO computed_definitions VALUES('bd_event_conversion_rate','3f9c39799210896876d319b91e827954');
INSERT INTO computed_definitions VALUES('bd_event_reach','62401d622366c40ca0bab09a7d5e203c');
INSERT INTO computed_definitions VALUES('bd_event_valid_contacts','3b787351f7e7995281da5424b1526ff0');
INSERT INTO computed_definitions VALUES('bd_exec_visit_count','64bce14af4a2cf76d2b80c1a3cda1378');
INSERT INTO computed_definitions VALUES('bd_market_report_quality','8680467d51fdcc632ca50eaa9b6bf9a0');
INSERT INTO computed_definitions VALUES('bd_mou_conversion_rate','07747cc83a7fd46d67ce49654391b1f1');
INSERT INTO computed_definitions VALUES('bd_negotiation_rating','e26cb1f3c21d59d214d367dac543668f');
INSERT INTO computed_definitions VALUES('bd_new_partner_count','4c8de441e718a1c621db416027e0c241');
INSERT INTO computed_definitions VALUES('bd_partner_retention_rate','7dd8ceb34e1551b470cc234be20ca343');
INSERT INTO computed_definitions VALUES('bd_partner_satisfaction','943aa5fa7f7cb0f63d1bf5f03dec9f64');
INSERT INTO computed_definitions VALUES('bd_proposal_count','acf0701821b86bfffd6c85d422082c47');
INSERT INTO computed_definitions VALUES('bd_qualified_lead_count','47a7853eee774b15788a78e678602a83');
INSERT INTO computed_definitions VALUES('deed_count','ed46df507a526628d14ffe7885281aeb');
INSERT INTO computed_definitions VALUES('deed_points','88dc21a411abdd4daae6051af8dc2f59');
INSERT INTO computed_definitions VALUES('fi_close_cycle_days','b64261d59955a67686a5c10cef0234ba');
INSERT INTO computed_definitions VALUES('fi_dso','f6545fe9f6d31aba8b98847ae006fdad');
INSERT INTO computed_definitions VALUES('fi_invoice_cycle_days','4e6aef4188d771f7226284f6ab3bda07');
INSERT INTO computed_definitions VALUES('fi_posting_error_rate','6c61e6a0ca3e5acd73cee876536210e2');
INSERT INTO computed_definitions VALUES('hr_complaint_satisfaction','4ce148fa48756fdeae76b5057547dd6c');
INSERT INTO computed_definitions VALUES('hr_core_turnover_rate','22121be10e4a8c087b36e575d52662a0');
INSERT INTO computed_definitions VALUES('hr_cost_per_hire','c241560dc9fac3cb18f68e71b510ad45');
INSERT INTO computed_definitions VALUES('hr_culture_event_effect','d0b8b8bc90dab0a8b7e9707059e058db');
INSERT INTO computed_definitions VALUES('hr_culture_identification','66b4ef969710132bd93a7514a3be1da1');
INSERT INTO computed_definitions VALUES('hr_human_capital_roi','3da3fca89607a2e8aca959a93e5543f8');
INSERT INTO computed_definitions VALUES('hr_internal_customer_satisfaction','67f0ba86ba7eebf883242ccd586e1004');
INSERT INTO computed_definitions VALUES('hr_key_position_fill_rate','01355e318c8291a32ccbbd2a8c66fd44');
INSERT INTO computed_definitions VALUES('hr_labour_cost_ratio','c68383b8f1aca12549a987155ef14717');
INSERT INTO computed_definitions VALUES('hr_labour_dispute_rate','c0a9a727e43c1c48694434b5f3747451');
INSERT INTO computed_definitions VALUES('hr_new_hire_retention_90d','073a5dad126141d2220ffc80757db773');
INSERT INTO computed_definitions VALUES('hr_offer_acceptance_rate','bb44f54c82d6ea73160a0b6dcfdd071a');
INSERT INTO computed_definitions VALUES('hr_onboard_rate','344a030aee613ddaa8178ac32eeb37d9');
INSERT INTO computed_definitions VALUES('hr_payroll_accuracy','7147b9cdbb6c4ec9c03ff914c34f975f');
INSERT INTO computed_definitions VALUES('hr_policy_expertise_rating','1491343fbb48225c1702ef977838e08b');
INSERT INTO computed_definitions VALUES('hr_time_to_fill_avg','b0f4b5735df901af003d34a42ce99815');
INSERT INTO computed_definitions VALUES('hr_training_completion_rate','fb29ef49fb8698920d2357819234f273');
INSERT INTO computed_definitions VALUES('hr_training_satisfaction','b4d7943baef786df2f4b6c090223553c');
INSERT INTO computed_definitions VALUES('hr_transaction_accuracy','4fa62a1debe85d5050265cd5c61e8ff0');
INSERT INTO computed_definitions VALUES('hr_transaction_timeliness','ceb621c34fcdf0a1aaa84d4230e628dc');
INSERT INTO computed_definitions VALUES('hr_turnover_rate','abca4659241ac9c073072dad9206a248');
INSERT INTO computed_definitions VALUES('hr_voluntary_turnover_rate','ea28380efe0e2f6a29d05f71616cc817');
INSERT INTO computed_definitions VALUES('mo_campaign_lead_conversion_rate','8c7a220e029076ddfbd33a326d1b8b67');
INSERT INTO computed_definitions VALUES('mo_content_on_schedule_rate','cac779d5ce013c3fe91ba806a937b941');
INSERT INTO computed_definitions VALUES('mo_content_publish_count','d34d5b7f4e461cfff3548bb088098609');
INSERT INTO computed_definitions VALUES('mo_cost_per_lead','c9492d9f55fc45e3a63f05793047f432');
INSERT INTO computed_definitions VALUES('mo_engagement_rate','0c3195244dca90da4f33dd46fa222d8c');
INSERT INTO computed_definitions VALUES('pd_feature_adoption_rate','eb321e195a46f32c782dc3595ce99c7d');
INSERT INTO computed_definitions VALUES('rd_change_failure_rate','a61db581d1b8e2e52254949b97645597');
INSERT INTO computed_definitions VALUES('rd_change_lead_time_median','27989b0da6cbe654d5f1040c1680ed95');
INSERT INTO computed_definitions VALUES('rd_commitment_delivery_rate','76ca9a7668779c003158842f9d7c0a67');
INSERT INTO computed_definitions VALUES('rd_escaped_defect_rate','db279e91d1bab1c8033cacd68327352b');
INSERT INTO computed_definitions VALUES('rd_incident_recovery_time_median','3a249a208a3d5059bf0743dfe0ad88aa');
INSERT INTO computed_definitions VALUES('rd_milestone_on_time_rate','d1139d1610409f6873546d187da93b82');
INSERT INTO computed_definitions VALUES('rd_okr_score','3cd469df26ad140f702d93b7afbb7a83');
INSERT INTO computed_definitions VALUES('ts_csat','5cab53af43bd40c7172628df4b577265');
INSERT INTO computed_definitions VALUES('ts_first_contact_resolution_rate','0f145934298e321787dd3b906220098d');
INSERT INTO computed_definitions VALUES('ts_first_reply_sla_rate','167a5cee86fbf20cc414a85b61a88d64');
INSERT INTO computed_definitions VALUES('ts_first_reply_time_avg','9c171ba7163b5cca80e0008f2a588f8d');
INSERT INTO computed_definitions VALUES('ts_first_reply_time_p90','d87cd45f421dc41af6a770c672ef3372');
INSERT INTO computed_definitions VALUES('ts_full_resolution_time_avg','c7e420fc2c28b2b563bb931d80db7e7d');
INSERT INTO computed_definitions VALUES('ts_handle_time_avg','6c314b56eb929f4a25b6127d83efad85');
INSERT INTO computed_definitions VALUES('ts_kb_adoption_rate','b46537c42218fcd9de62b669a17f7824');
INSERT INTO computed_definitions VALUES('ts_kb_contribution_count','8735baf70880a72d9f6568debfdea0d0');
INSERT INTO computed_definitions VALUES('ts_kb_quality_index','78af5683684dd0347cbfe5098c5bb2d1');
INSERT INTO computed_definitions VALUES('ts_reopen_rate','2056d82a6784c87283fa74cd1cd940a9');
INSERT INTO computed_definitions VALUES('ts_resolution_rate','d601b1c13683a34b30458210f3ab7f59');
INSERT INTO computed_definitions VALUES('ts_service_attitude_rating','efbcf4757187efc528fa9336d20dfc61');
INSERT INTO computed_definitions VALUES('ts_solved_count','af98fad51b1c8f1279a5ccc5fb5f2e34');
INSERT INTO computed_definitions VALUES('ts_teamwork_rating','a7c6d40441c406c6397795a426ea6b91');
INSERT INTO computed_definitions VALUES('x_360_overall','72e4c5256b39b4ef9fecf539dbb18dea');
INSERT INTO computed_definitions VALUES('x_compliance_veto','42da5d01f3de7ff1b9fe6a62fbb170d1');
INSERT INTO computed_definitions VALUES('x_goal_alignment_rate','6c5461aea7e1129175eb83c7d26b9efd');
INSERT INTO computed_definitions VALUES('x_key_event_points','ffca58b6b0b6d304961dc0cd9f4cce6f');
CREATE TABLE IF NOT EXISTS "evidence_deed" (
    _connection TEXT NOT NULL, _stream TEXT NOT NULL, _external_id TEXT NOT NULL,
    _content_hash BLOB NOT NULL, _mapping_version TEXT NOT NULL, _source_version TEXT,
    _run_id INTEGER NOT NULL, _first_run_id INTEGER NOT NULL, _state TEXT NOT NULL, "id" TEXT, "owner_id" TEXT, "at" INTEGER, "points" TEXT,
    PRIMARY KEY (_connection, _stream, _external_id)
) STRICT, WITHOUT ROWID;
INSERT INTO evidence_deed VALUES('diary','deeds','1',X'b456af13f64c6ea869fa175f5103bc025f0e119a19df0e3a71a15f6cdadc6c83','cd50717c25c34e0a138fbc587b43f4e5',NULL,1,1,'live','1','fang',1783044000000000,'1.5');
INSERT INTO evidence_deed VALUES('diary','deeds','2',X'489f329eadc7d9479808c6db8b167c39ba5f8e0381870b0778febecc843eaeb1','cd50717c25c34e0a138fbc587b43f4e5',NULL,5,1,'live','2','fang',1784512800000000,'9');
INSERT INTO evidence_deed VALUES('diary','deeds','3',X'ff47fa93ba98d8f9b49a90d0dbe9cdda3440b0de02859340ffc606f177c13047','cd50717c25c34e0a138fbc587b43f4e5',NULL,1,1,'live','3','qiang',1785808800000000,'4');
INSERT INTO evidence_deed VALUES('diary','deeds','4',X'a4880958cccf88c0b1db46134693692ef19b13049636c89fe670abd0af82a099','cd50717c25c34e0a138fbc587b43f4e5',NULL,1,1,'live','4','stranger',1785895200000000,'3');
INSERT INTO evidence_deed VALUES('diary','deeds','6',X'737620a3f74c3eafddcd0411497b87c943fe85526c7fd26676d23ce51c28adbc','cd50717c25c34e0a138fbc587b43f4e5',NULL,1,1,'gone','6','li',1786068000000000,'1');
INSERT INTO evidence_deed VALUES('sheets','rows','A',X'672a22d8b733aeb34cbe75d6f9a07d2e84488f456b92c69fc8bd720fe3afb776','db873fef03efbfbe6e640d4693e272d7',NULL,4,3,'live','A','fang',1788228000000000,'6');
INSERT INTO evidence_deed VALUES('sheets','rows','B',X'ac8f59932a4e6d16ea79857dfda9cc0656baa1c0caa363a354eb7969bf378559','db873fef03efbfbe6e640d4693e272d7',NULL,3,3,'live','B','li',1788314400000000,'7');
INSERT INTO evidence_deed VALUES('sheets','rows','C',X'dec8b3540398a432a105c17a76e06c876e8f6ae6cab2bf1ce721f0065f8263ce','db873fef03efbfbe6e640d4693e272d7',NULL,4,4,'live','C','li',1788400800000000,'8');
DELETE FROM sqlite_sequence;
INSERT INTO sqlite_sequence VALUES('runs',6);
INSERT INTO sqlite_sequence VALUES('dead_letters',2);
INSERT INTO sqlite_sequence VALUES('imports',2);
CREATE INDEX runs_by_stream ON runs (stream_id, state);
CREATE INDEX run_anomalies_by_run ON run_anomalies (run_id);
CREATE UNIQUE INDEX dead_letters_open ON dead_letters (stream_id, external_id) WHERE state = 'open';
CREATE UNIQUE INDEX indicator_values_current
    ON indicator_values (indicator_id, subject_kind, subject_id, period_id) WHERE is_current = 1;
CREATE INDEX indicator_values_by_subject
    ON indicator_values (subject_id, period_id) WHERE is_current = 1;
CREATE INDEX indicator_values_by_audit ON indicator_values (audit_sequence);
COMMIT;
