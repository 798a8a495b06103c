use crate::suppress::{ANNOTATION, Allowance, of_comment};
use crate::{ObjectAt, World};
use seawall_controls_macros::control;
use seawall_model::{At, Report};
use seawall_yaml::{NodeId, NodeRef, Span};

/// How far behind the last value of an object a comment on its line may begin.
const BEHIND: u32 = 1024;

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
    let mut scalars: Option<Vec<NodeRef<'_>>> = None;
    for &comment in comments(root) {
        let Some(allowance) = of_comment(document, comment) else { continue };
        let scalars = scalars.get_or_insert_with(|| scalars_of(root));
        if let Some(node) = beside(root, scalars, comment) {
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

/// The comments that can stand beside a value of this object. A document may be a list of very many objects, so only
/// those inside of it are looked at, and those behind its last line.
fn comments<'a>(root: NodeRef<'a>) -> &'a [Span] {
    let all = root.document().comments();
    if root.id().0 == 0 {
        return all;
    }
    let span = root.span();
    let first = all.partition_point(|comment| comment.start < span.start);
    let end = all.partition_point(|comment| comment.start <= span.end.saturating_add(BEHIND));
    all.get(first..end).unwrap_or_default()
}

/// The scalars of an object in the order of the text; what comes from aliases stands elsewhere.
fn scalars_of(root: NodeRef<'_>) -> Vec<NodeRef<'_>> {
    let nodes = (root.id().0..root.id().0 + root.size()).map(|id| root.document().node(NodeId(id)));
    let mut scalars: Vec<_> =
        nodes.filter(|node| !node.is_mapping() && !node.is_sequence() && !node.is_copied()).collect();
    scalars.sort_by_key(|node| node.span().start);
    scalars
}

/// The value that stands on the comment's line, else the first one below it; `None` if that is not of this object.
fn beside<'a>(root: NodeRef<'a>, scalars: &[NodeRef<'a>], comment: Span) -> Option<NodeRef<'a>> {
    let line = root.document().source().place(comment.start).line;
    let next = scalars.partition_point(|node| node.span().start < comment.start);
    let before = next.checked_sub(1).and_then(|at| scalars.get(at)).copied();
    before.filter(|node| node.place().line == line).or_else(|| {
        before.or((root.id().0 == 0).then_some(root))?;
        scalars.get(next).copied()
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
