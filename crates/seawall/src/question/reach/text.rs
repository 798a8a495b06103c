//! For people.

use super::answer::{PolicyEntry, ReachAnswer};
use crate::cli::Common;
use crate::output;
use std::io::Write;

fn line(text: &str) -> String {
    seawall_report::line(text).into_owned()
}

pub(super) fn write(
    answer: &ReachAnswer,
    explain: bool,
    common: &Common,
    out: &mut dyn Write,
) -> std::io::Result<()> {
    let (from, to) = (line(&answer.from), line(&answer.to));
    let on = match (answer.protocol, answer.port) {
        (Some(protocol), Some(port)) => format!(" on {protocol} {port}"),
        _ => String::new(),
    };
    let says = match answer.allowed {
        Some(true) => format!("yes: {from} reaches {to}{on}"),
        Some(false) => format!("no: {from} does not reach {to}{on}"),
        None => format!("unknown: whether {from} reaches {to}{on}"),
    };
    writeln!(out, "{}", output::strong(&says))?;
    if let Some(unknown) = &answer.unknown {
        writeln!(out, "  because {}", line(unknown))?;
    }
    if let Some(exempt) = answer.exempt {
        writeln!(out, "  because {exempt}")?;
    } else if answer.allowed.is_some() || answer.unknown.is_none() {
        writeln!(out, "  open ports: {}", answer.ports)?;
    }
    if let Some(possible) = &answer.possible_ports {
        writeln!(out, "  with what is only possible: {possible}")?;
    }
    if let Some(addresses) = answer.addresses.as_ref().filter(|addresses| !addresses.is_empty()) {
        let shown = addresses.iter().take(10).cloned().collect::<Vec<_>>().join(", ");
        let more = addresses.len().saturating_sub(10);
        let more = if more > 0 { format!(" and {more} more") } else { String::new() };
        writeln!(out, "  addresses: {shown}{more}")?;
    }
    for (side, names) in [("sender", &answer.egress), ("receiver", &answer.ingress)] {
        if !names.is_empty() {
            writeln!(out, "  decided for the {side} by {}", line(&names.join(", ")))?;
        }
    }
    if explain && answer.exempt.is_none() {
        explained(answer, out)?;
    }
    if !common.quiet {
        for note in &answer.notes {
            writeln!(out, "note: {}", line(note))?;
        }
    }
    Ok(())
}

fn explained(answer: &ReachAnswer, out: &mut dyn Write) -> std::io::Result<()> {
    for (side, title) in [("egress", "What the sender may send"), ("ingress", "What the receiver may take")] {
        writeln!(out, "\n{}", output::strong(title))?;
        let mut any = false;
        for policy in answer.policies.iter().flatten().filter(|policy| policy.side == side) {
            any = true;
            write_policy(policy, out)?;
        }
        if !any {
            writeln!(out, "  no policy selects it: everything is open")?;
        }
    }
    Ok(())
}

fn write_policy(policy: &PolicyEntry, out: &mut dyn Write) -> std::io::Result<()> {
    let perhaps = if policy.surely_selects { "" } else { ", which may not select it" };
    let decides = if policy.decides { "  ← decides" } else { "" };
    writeln!(
        out,
        "  {} {} ({}){perhaps}{decides}",
        line(&policy.kind),
        line(&policy.name),
        line(&policy.location.words())
    )?;
    if policy.rules.is_empty() {
        writeln!(out, "    has no rule: lets nothing through")?;
    }
    for rule in &policy.rules {
        let verdict = match (rule.matches, rule.peers, rule.ports) {
            (Some(true), ..) => rule.action.to_owned(),
            (None, ..) => format!("perhaps {}", rule.action),
            (_, Some(false), Some(false)) => "does not mean the other end, nor the port".to_owned(),
            (_, Some(false), _) => "does not mean the other end".to_owned(),
            _ => "does not mean the port".to_owned(),
        };
        writeln!(out, "    {}: {verdict}", line(&rule.location.field))?;
    }
    Ok(())
}
