use crate::suppress::{ANNOTATION, Allowance, of_comment};
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_yaml::{NodeId, NodeRef, Span};

/// # suppression-without-effect
///
/// ## What it finds
/// A `seawall: allow` comment or a `seawall.dev/allow` annotation that gives no reason, or names a rule that does
/// not exist. It has no effect.
///
/// ## Why it matters
/// Somebody believes that a finding was accepted, and nobody can say why. A reason is what the next reader needs to
/// decide whether the exception still holds.
///
/// ## Fix
/// Write the reason behind two dashes: `# seawall: allow RULE -- reason`. Correct the rule's name; `seawall rules`
/// lists them.
#[control(since = "0.1.0", severity = Low, practices = ["third-party"])]
pub fn suppression_without_effect(object: ObjectAt<'_>, _: &World, out: &mut Report) {
    let root = object.nearest();
    let document = root.document();
    for &comment in document.comments() {
        if let Some(allowance) = of_comment(document, comment)
            && let Some(node) = beside(root, comment)
        {
            judge(object.child(node), &allowance, "comment", out);
        }
    }
    for annotations in annotations(object.0) {
        let at = annotations.key(ANNOTATION);
        for line in at.str().into_iter().flat_map(str::lines).filter(|line| !line.trim().is_empty()) {
            judge(at, &Allowance::read(line), "annotation", out);
        }
    }
}

fn annotations(object: At<'_>) -> impl Iterator<Item = At<'_>> {
    let own = object.get("metadata.annotations");
    let is_own = move |at: &At<'_>| at.nearest().id() == own.nearest().id();
    let pods =
        object.object().pods().map(|pod| pod.metadata().key("annotations")).filter(move |at| !is_own(at));
    std::iter::once(own).chain(pods).filter(|at| at.exists())
}

/// The value that stands on the comment's line, else the first one below it; `None` if that is not of this object.
fn beside<'a>(root: NodeRef<'a>, comment: Span) -> Option<NodeRef<'a>> {
    let document = root.document();
    let line = document.source().place(comment.start).line;
    let nodes = (root.id().0..root.id().0 + root.size()).map(|id| document.node(NodeId(id)));
    let scalars = nodes.filter(|node| !node.is_mapping() && !node.is_sequence());
    let before = scalars.clone().rfind(|node| node.span().start < comment.start);
    before.filter(|node| node.place().line == line).or_else(|| {
        before.or((root.id().0 == 0).then_some(root))?;
        scalars.clone().find(|node| node.span().start > comment.start)
    })
}

fn judge(at: At<'_>, allowance: &Allowance<'_>, what: &str, out: &mut Report) {
    if allowance.reason.is_none() {
        out.finding(
            at,
            format!("the {what} allows {} without a reason, so it has no effect", list(&allowance.rules)),
        );
    }
    for rule in allowance.rules.iter().filter(|rule| crate::find(rule).is_none()) {
        out.finding(at, format!("the {what} allows `{rule}`, and there is no such rule"));
    }
}

fn list(rules: &[&str]) -> String {
    if rules.is_empty() {
        return "no rule".into();
    }
    rules.iter().map(|rule| format!("`{rule}`")).collect::<Vec<_>>().join(", ")
}
