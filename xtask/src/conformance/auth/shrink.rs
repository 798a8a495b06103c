//! The smallest world that still shows a difference.

use super::load::{load, wipe};
use super::review::{Engines, ask};
use super::world::World;
use crate::kube::Pool;
use anyhow::Result;
use seawall_model::Version;
use serde_json::Value;
use std::time::{Duration, Instant};

/// How long shrinking may take; what is left then is printed.
const BUDGET: Duration = Duration::from_secs(240);

/// Shrinks and prints.
pub(crate) fn run(pool: &mut Pool, version: Version, world: &World, question: &Value) -> Result<()> {
    let end = Instant::now() + BUDGET;
    let mut tries = 0;
    let mut best = world.clone();
    let mut why = String::from("not seen again: it may depend on the server's random order");
    let mut attempt = |objects: Vec<Value>, pool: &mut Pool| -> Result<Option<(World, String)>> {
        tries += 1;
        let mut smaller = World { id: format!("{}-s{tries}", world.id), objects };
        for object in &mut smaller.objects {
            object["metadata"]["labels"][super::world::LABEL] = smaller.id.clone().into();
        }
        let difference = differs(pool, version, &smaller, question)?;
        Ok(difference.map(|why| (smaller, why)))
    };
    if let Some((world, first)) = attempt(best.objects.clone(), pool)? {
        (best, why) = (world, first);
        // Halves first, then single objects, then parts of objects.
        let mut size = best.objects.len() / 2;
        while size > 0 && Instant::now() < end {
            let mut start = 0;
            while start < best.objects.len() && Instant::now() < end {
                let mut objects = best.objects.clone();
                objects.drain(start..(start + size).min(objects.len()));
                match attempt(objects, pool)? {
                    Some((smaller, found)) => (best, why) = (smaller, found),
                    None => start += size,
                }
            }
            size /= 2;
        }
        loop {
            let found = candidates(&best.objects).into_iter().find_map(|objects| {
                if Instant::now() > end {
                    return None;
                }
                attempt(objects, pool).transpose()
            });
            match found.transpose()? {
                Some((smaller, found)) => (best, why) = (smaller, found),
                None => break,
            }
        }
    }
    println!("smallest world found ({} objects), {why}", best.objects.len());
    for object in &best.objects {
        println!("---\n{object:#}");
    }
    println!("question: {}", question);
    Ok(())
}

fn differs(pool: &mut Pool, version: Version, world: &World, question: &Value) -> Result<Option<String>> {
    let stored = load(pool, world)?;
    let engines = Engines::new(world, &stored, version)?;
    // The server answers in random order where several answers are right: asked a few times.
    let answers = ask(pool, &vec![question.clone(); 8])?;
    let difference = answers.iter().find_map(|server| engines.difference(question, server));
    wipe(pool, world)?;
    Ok(difference)
}

/// Every world that is smaller by one element of a list.
fn candidates(objects: &[Value]) -> Vec<Vec<Value>> {
    let mut out = Vec::new();
    for (index, object) in objects.iter().enumerate() {
        let mut put = |smaller: Value| {
            let mut objects = objects.to_vec();
            objects[index] = smaller;
            out.push(objects);
        };
        for key in ["subjects", "rules"] {
            let Some(list) = object[key].as_array() else { continue };
            for element in 0..list.len() {
                let mut smaller = object.clone();
                if let Some(list) = smaller[key].as_array_mut() {
                    list.remove(element);
                }
                put(smaller);
            }
            for (element, value) in list.iter().enumerate() {
                for (field, words) in value.as_object().into_iter().flatten() {
                    let count = words.as_array().map_or(0, Vec::len);
                    for word in (0..count).filter(|_| count > 1) {
                        let mut smaller = object.clone();
                        if let Some(words) = smaller[key][element][field].as_array_mut() {
                            words.remove(word);
                        }
                        put(smaller);
                    }
                }
            }
        }
    }
    out
}
