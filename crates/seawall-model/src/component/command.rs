//! Which component does a container run, and with which flags?

use super::flag::{self, Form, Given};
use super::words::{self, Environment, Word};
use super::{Base, Component, ComponentKind};
use crate::{At, ContainerAt};
use std::collections::HashSet;

/// Programs that run another one, given in their arguments.
const WRAPPERS: [&str; 11] = [
    "go-runner",
    "tini",
    "dumb-init",
    "catatonit",
    "env",
    "exec",
    "nohup",
    "nice",
    "chroot",
    "sudo",
    "busybox",
];
const SHELLS: [&str; 6] = ["sh", "bash", "ash", "dash", "zsh", "busybox"];

/// A program call found in a container.
struct Call {
    kind: ComponentKind,
    words: Vec<Word>,
    script: bool,
    /// Why flags may be missing from `words`.
    hidden: Option<Box<str>>,
}

/// The component that `container` runs, if it is one.
pub(super) fn component(container: ContainerAt<'_>) -> Option<Component> {
    let (command, args) = (container.get("command"), container.get("args"));
    // Most containers end here: neither words nor image name one of the programs.
    let image = container.image().map(image_name).unwrap_or("");
    let of_image = ComponentKind::of_program(image);
    let mentions = |list: At<'_>| list.items().any(|item| item.text().is_some_and(mentions_program));
    if of_image.is_none() && !mentions(command) && !mentions(args) {
        return None;
    }
    let environment = Environment::of(container.at());
    let mut all = words::of_list(command, &environment);
    let own_command = !all.is_empty();
    all.extend(words::of_list(args, &environment));
    let call = call(&all).or_else(|| entry_point(of_image?, own_command, all))?;
    let object = container.pod().object();
    let (mut given, hidden) = flag::parse(call.kind, &call.words, object, call.script);
    if call.kind == ComponentKind::Etcd {
        variables(container, &environment, &mut given);
    }
    let place = if args.exists() || !own_command { args } else { command };
    let mut component = Component::new(call.kind, object, container.at().nearest().id(), Base::Program);
    component.words = place.node().map(|node| node.id()).filter(|_| !call.script);
    component.container = Some(container.name().into());
    component.name_version(container.image().and_then(image_tag));
    component.given = given;
    component.hidden = call.hidden.or(hidden.map(|word| format!("`{word}` may hold more flags").into()));
    if call.kind == ComponentKind::Etcd && environment.is_open() {
        component.hidden.get_or_insert_with(|| "`envFrom` may set ETCD_ variables".into());
    }
    Some(component)
}

fn mentions_program(word: &str) -> bool {
    word.contains("kube") || word.contains("etcd")
}

/// The component call among the words of a container.
fn call(all: &[Word]) -> Option<Call> {
    let mut wrapped = false;
    for (at, word) in all.iter().enumerate() {
        let name = word.text.rsplit('/').next().unwrap_or("");
        let rest = all.get(at + 1..).unwrap_or(&[]);
        if let Some(kind) = ComponentKind::of_program(&word.text) {
            return Some(Call { kind, words: rest.to_vec(), script: false, hidden: None });
        }
        if name == "hyperkube" {
            let kind = ComponentKind::of_hyperkube(&rest.first()?.text)?;
            return Some(Call { kind, words: rest.get(1..)?.to_vec(), script: false, hidden: None });
        }
        if SHELLS.contains(&name)
            && let Some(script) = script_of(rest)
        {
            return script_call(script);
        }
        if WRAPPERS.contains(&name) {
            wrapped = true;
        } else if !wrapped {
            return None;
        }
    }
    None
}

/// The word after a shell's `-c` (`-ec`, `-xc` …).
fn script_of(rest: &[Word]) -> Option<&Word> {
    let options = |word: &&Word| word.text.starts_with(['-', '+']) || *word.text == *"sh";
    let count = rest.iter().take_while(options).count();
    let has_command =
        rest.iter().take(count).any(|word| !word.text.starts_with("--") && word.text.contains('c'));
    has_command.then(|| rest.get(count)).flatten()
}

fn script_call(script: &Word) -> Option<Call> {
    let mut found: Option<Call> = None;
    for command in words::of_script(&script.text, script.node) {
        // `NAME=value program …` sets a variable for the program.
        let skip =
            command.iter().take_while(|word| word.text.contains('=') && !word.text.starts_with('-')).count();
        let keywords = |word: &&Word| matches!(&*word.text, "then" | "else" | "do" | "!" | "if" | "while");
        let rest = command.get(skip..).unwrap_or(&[]);
        let rest = rest.get(rest.iter().take_while(keywords).count()..).unwrap_or(&[]);
        // A script in a script is not followed.
        let Some(call) = rest.first().filter(|word| !is_shell(word)).and_then(|_| self::call(rest)) else {
            continue;
        };
        match &mut found {
            None => found = Some(Call { script: true, ..call }),
            Some(first) if first.kind == call.kind => {
                first.hidden = Some("the shell script starts it in more than one place".into());
            }
            Some(_) => {}
        }
    }
    found
}

fn is_shell(word: &Word) -> bool {
    SHELLS.contains(&word.text.rsplit('/').next().unwrap_or(""))
}

/// The image's own entry point runs the program: its flags are `args`, for etcd also variables.
fn entry_point(kind: ComponentKind, own_command: bool, words: Vec<Word>) -> Option<Call> {
    let flags = words.first().is_some_and(|word| word.text.starts_with('-'));
    let fits = flags || words.is_empty() && kind == ComponentKind::Etcd;
    (!own_command && fits).then_some(Call { kind, words, script: false, hidden: None })
}

/// etcd's variables: each flag not on the command line may be set by `ETCD_` and its name in capitals
/// (etcd, pkg/flags/flag.go).
fn variables(container: ContainerAt<'_>, environment: &Environment<'_>, out: &mut Vec<Given>) {
    let mut seen: HashSet<Box<str>> = out.iter().map(|given| given.name.clone()).collect();
    for entry in container.get("env").items() {
        let Some(name) = entry.key("name").str().and_then(|name| name.strip_prefix("ETCD_")) else {
            continue;
        };
        let flag: Box<str> = name.to_ascii_lowercase().replace('_', "-").into();
        if !seen.insert(flag.clone()) {
            continue;
        }
        let value = environment.value(entry.key("name").str().unwrap_or("")).flatten();
        let node = entry.key("value").node().unwrap_or(entry.nearest()).id();
        out.push(Given {
            name: flag,
            value: value.map(Into::into),
            object: container.pod().object().clone(),
            node: entry.nearest().id(),
            form: Form::Variable(node),
        });
    }
}

/// The last part of an image's path, without architecture.
fn image_name(image: &str) -> &str {
    let name = image.split('@').next().unwrap_or("").rsplit('/').next().unwrap_or("");
    let name = name.split(':').next().unwrap_or("");
    ["-amd64", "-arm64", "-ppc64le", "-s390x"]
        .iter()
        .find_map(|suffix| name.strip_suffix(suffix))
        .unwrap_or(name)
}

/// The tag of one of Kubernetes' own images.
fn image_tag(image: &str) -> Option<&str> {
    let name = image_name(image);
    let kubernetes =
        ComponentKind::of_program(name).is_some_and(ComponentKind::is_kubernetes) || name == "hyperkube";
    let tag = image.split('@').next()?.rsplit('/').next()?.split_once(':')?.1;
    kubernetes.then_some(tag)
}
