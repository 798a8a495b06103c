//! `conformance cel`: expressions compiled and evaluated by Kubernetes' own environments and by seawall.
//!
//! Compared are the text of compile errors, the type, the value or error, and the cost. Of syntax errors only that
//! both refuse is compared: upstream's words come from its parser generator.

mod generate;
mod show;
mod table;
mod templates;

use super::generate::Random;
use super::judge::Judge;
use anyhow::{Context, bail};
use generate::Generator;
use seawall_cel::{Environment, Purpose, Value as CelValue, Variables};
use serde::Deserialize;
use serde_json::{Value, json};
use std::collections::BTreeMap;
use std::path::Path;

/// The versions whose libraries are compared: without and with the list library of 1.34.
const MINORS: [u32; 2] = [33, 36];
/// Questions handed to the judge at a time.
const BATCH: usize = 2000;
/// Differences that are printed.
const PRINTED: usize = 40;

/// What the judge answers.
#[derive(Deserialize, Default, PartialEq, Debug)]
#[serde(default)]
struct Answer {
    compile: String,
    program: String,
    #[serde(rename = "type")]
    kind: String,
    value: String,
    error: String,
    cost: u64,
    varies: bool,
    crash: bool,
}

impl Answer {
    /// What was said, without what was not.
    fn text(&self) -> String {
        let refusal = [&self.compile, &self.program].into_iter().find(|text| !text.is_empty());
        match refusal {
            Some(text) => format!("refuses: {}", text.replace('\n', "\n           ")),
            None if self.error.is_empty() => format!("{} of {} for {}", self.value, self.kind, self.cost),
            None => format!("error {:?} of {} for {}", self.error, self.kind, self.cost),
        }
    }
}

struct Question {
    minor: u32,
    purpose: &'static str,
    expression: String,
    input: usize,
}

/// What was seen, for the report.
#[derive(Default)]
struct Tally {
    refused: u64,
    errors: u64,
    values: u64,
    varying: u64,
    crashes: u64,
    syntax_texts: u64,
    differences: u64,
}

struct Suite {
    environments: BTreeMap<(u32, &'static str), Environment>,
    inputs: BTreeMap<&'static str, Vec<Value>>,
}

/// Compares the table and as many random expressions.
pub(crate) fn run(program: &Path, questions: u64, seed: u64) -> anyhow::Result<()> {
    let suite = Suite::new();
    let mut judge = Judge::start(program, "cel")?;
    let mut tally = Tally::default();
    let mut asked = suite.table();
    let fixed = asked.len();
    let mut random = Random::new(seed);
    let mut left = questions;
    while left > 0 || !asked.is_empty() {
        while asked.len() < BATCH && left > 0 {
            asked.push(suite.random(&mut random));
            left -= 1;
        }
        let rest = asked.split_off(asked.len().min(BATCH));
        suite.compare(&mut judge, &asked, &mut tally)?;
        asked = rest;
    }
    println!(
        "conformance cel: {fixed} expressions of the table and {questions} random ones (seed {seed}): {} values, {} errors, {} refused; left out: {} that depend on the order of maps, {} that crash upstream; {} texts of syntax errors differ",
        tally.values, tally.errors, tally.refused, tally.varying, tally.crashes, tally.syntax_texts
    );
    if tally.differences > 0 {
        bail!("{} differences", tally.differences);
    }
    Ok(())
}

impl Suite {
    fn new() -> Self {
        let mut environments = BTreeMap::new();
        for minor in MINORS {
            for (name, purpose) in [
                ("request", Purpose::AuthorizationMatchCondition),
                ("claims", Purpose::Claims),
                ("user", Purpose::User),
            ] {
                environments.insert((minor, name), Environment::new(minor, purpose));
            }
        }
        let inputs = [("request", table::requests()), ("claims", table::claims()), ("user", table::users())];
        Self { environments, inputs: inputs.into_iter().collect() }
    }

    fn table(&self) -> Vec<Question> {
        let mut asked = Vec::new();
        for (purpose, expression) in table::expressions() {
            for minor in MINORS {
                let inputs = self.inputs.get(purpose).map_or(0, Vec::len);
                let inputs = if expression.contains(purpose) { inputs } else { 1 };
                asked.extend((0..inputs).map(|input| Question {
                    minor,
                    purpose,
                    expression: expression.clone(),
                    input,
                }));
            }
        }
        asked
    }

    fn random(&self, random: &mut Random) -> Question {
        let minor = MINORS[random.below(MINORS.len())];
        let purpose = ["request", "claims", "user"][random.below(3)];
        let expression = Generator::new(random, purpose).expression();
        let inputs = self.inputs.get(purpose).map_or(1, Vec::len);
        Question { minor, purpose, expression, input: random.below(inputs) }
    }

    fn input(&self, question: &Question) -> &Value {
        self.inputs
            .get(question.purpose)
            .and_then(|inputs| inputs.get(question.input))
            .unwrap_or(&Value::Null)
    }

    fn compare(&self, judge: &mut Judge, asked: &[Question], tally: &mut Tally) -> anyhow::Result<()> {
        let texts: Vec<String> = asked
            .iter()
            .map(|question| {
                json!({
                    "minor": question.minor,
                    "purpose": question.purpose,
                    "expression": question.expression,
                    "input": self.input(question),
                })
                .to_string()
            })
            .collect();
        let answers = judge.ask(&texts)?;
        for (question, answer) in asked.iter().zip(answers) {
            let theirs: Answer = serde_json::from_str(&answer).context("the judge's answer")?;
            let ours = self.answer(question)?;
            if !tally.count(&theirs, &ours) {
                continue;
            }
            tally.differences += 1;
            if tally.differences <= PRINTED as u64 {
                let input = if question.expression.contains(question.purpose) {
                    self.input(question)
                } else {
                    &Value::Null
                };
                println!(
                    "\n1.{} {}: {}\n  input    {input}",
                    question.minor, question.purpose, question.expression
                );
                println!("  upstream {}\n  seawall  {}", theirs.text(), ours.text());
            }
        }
        Ok(())
    }

    fn answer(&self, question: &Question) -> anyhow::Result<Answer> {
        let environment =
            self.environments.get(&(question.minor, question.purpose)).context("no such environment")?;
        let mut answer = Answer::default();
        let program = match environment.compile(&question.expression) {
            Ok(program) => program,
            Err(seawall_cel::CompileError::Program(text)) => {
                answer.program = text;
                return Ok(answer);
            }
            Err(seawall_cel::CompileError::Invalid(text) | seawall_cel::CompileError::Type(text)) => {
                answer.compile = text;
                return Ok(answer);
            }
        };
        answer.kind = program.output_type().to_string();
        let input = self.input(question);
        let groups: Vec<String> = strings(&input["groups"]);
        let value = match question.purpose {
            "claims" => CelValue::from_claims(input),
            "user" => CelValue::user_info(
                input["username"].as_str().unwrap_or_default(),
                input["uid"].as_str().unwrap_or_default(),
                &groups,
                CelValue::from_json(&input["extra"]),
            ),
            _ => CelValue::from_json(input),
        };
        let evaluation = program.evaluate(&Variables::new([(question.purpose, value)]));
        answer.cost = evaluation.cost;
        match evaluation.result {
            Ok(value) => answer.value = show::show(&value),
            Err(error) => answer.error = error.message,
        }
        Ok(answer)
    }
}

fn strings(list: &Value) -> Vec<String> {
    let elements = list.as_array().into_iter().flatten();
    elements.filter_map(|element| element.as_str().map(str::to_owned)).collect()
}

impl Tally {
    /// Counts an answer; true when seawall's differs.
    fn count(&mut self, theirs: &Answer, ours: &Answer) -> bool {
        // An optional of an error that is no error is a fault of upstream's, like a crash.
        if theirs.crash || theirs.value.contains("other *types.Err") {
            self.crashes += 1;
            return false;
        }
        if !theirs.compile.is_empty() || !theirs.program.is_empty() {
            self.refused += 1;
        } else if theirs.varies {
            self.varying += 1;
            return !ours.compile.is_empty() || !ours.program.is_empty();
        } else if theirs.error.is_empty() {
            self.values += 1;
        } else {
            self.errors += 1;
        }
        let syntax = |answer: &Answer| answer.compile.contains("Syntax error: ");
        if syntax(theirs) || syntax(ours) {
            self.syntax_texts += u64::from(theirs.compile != ours.compile);
            return theirs.compile.is_empty() || ours.compile.is_empty();
        }
        let same_kind = theirs.kind == ours.kind || !theirs.program.is_empty();
        let same = normal(&theirs.compile) == normal(&ours.compile)
            && theirs.program == ours.program
            && same_kind
            && theirs.value == ours.value
            && normal(&theirs.error) == normal(&ours.error)
            && theirs.cost == ours.cost;
        !same
    }
}

/// A message without what only tells how Go made something: the running numbers of type variables, and that sums of
/// quantities are pointers where quantities are not.
fn normal(text: &str) -> String {
    let text = text.replace("'*cel.Quantity'", "'cel.Quantity'");
    let mut parts = text.split("_var");
    let mut out = parts.next().unwrap_or("").to_owned();
    for part in parts {
        out.push_str("_var");
        out.push_str(part.trim_start_matches(|c: char| c.is_ascii_digit()));
    }
    out
}
