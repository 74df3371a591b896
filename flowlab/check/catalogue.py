"""The rules, by family, in the order in which their page lists them. A new rule is one function and one line here."""

from __future__ import annotations

from flowlab.check.rule import Rule
from flowlab.check.rules import (
    assignments,
    attributes,
    channel,
    content,
    content_approval,
    handoff,
    hours,
    key_types,
    keywords,
    limits,
    liquid,
    names,
    opening,
    order,
    paths,
    properties,
    results,
    routing_filters,
    routing_queues,
    routing_tasks,
    services,
    split_patterns,
    split_values,
    splits,
    structure,
    style,
    subflows,
    texts,
    variables,
    waits,
)

FAMILIES: dict[str, tuple[Rule, ...]] = {
    "Definition": (
        structure.missing_initial,
        structure.initial_not_trigger,
        structure.dangling_next,
        structure.next_misspelt,
        structure.unknown_widget,
        structure.unknown_event,
        structure.duplicate_exit,
        structure.unknown_key,
        structure.key_missing,
        key_types.key_type,
        structure.needs_rest,
        names.name_form,
        names.names_by_case,
    ),
    "Properties": (
        properties.missing,
        properties.wrong_type,
        properties.wrong_value,
        properties.out_of_bounds,
        properties.unknown,
    ),
    "Ways through the flow": (
        paths.no_way_in,
        paths.unreachable,
        paths.silent_end,
        paths.exit_missing,
        paths.endless_loop,
        paths.decides_nothing,
        hours.one_sided,
    ),
    "Liquid": (
        liquid.broken,
        liquid.nested,
        liquid.comparison,
        liquid.unknown_tag,
        liquid.unknown_filter,
        liquid.single_braces,
        liquid.reply_by_case,
        liquid.date_zone,
    ),
    "Variables": (
        variables.unknown_state,
        variables.never_set,
        variables.unknown_root,
        order.read_too_early,
        order.set_on_some_paths,
        order.result_too_early,
        order.result_on_some_paths,
        results.no_such_result,
        results.wrong_case,
        results.event_not_wired,
        results.never_read,
        assignments.duplicate_key,
        assignments.sibling_row,
        assignments.name_unreadable,
    ),
    "Splits": (
        splits.no_match_unwired,
        splits.branch_without_condition,
        splits.duplicate_option,
        splits.can_never_match,
        splits.overlap,
        split_values.unknown_condition,
        split_values.value_blank_edge,
        split_values.value_missing,
        split_values.value_no_size,
        split_values.empty_item,
        split_values.quoted_item,
        split_values.list_in_equal_to,
        split_values.contains_little,
        split_values.caption_disagrees,
        split_values.tests_fixed_text,
        split_values.tests_another,
        split_patterns.broken,
        split_patterns.slow,
        split_patterns.slashes,
        split_patterns.whole,
    ),
    "Waiting for the customer": (
        waits.no_timeout,
        waits.no_delivery_failure,
        waits.too_long,
        waits.reply_unread,
        waits.same_question,
    ),
    "Texts": (
        texts.empty,
        texts.content_template,
        texts.unfilled,
        texts.promises_buttons,
    ),
    "Requests, functions and subflows": (
        services.url_form,
        services.plain_address,
        services.test_address,
        services.secret,
        services.get_with_body,
        services.content_type,
        attributes.body_not_json,
        services.function_sid,
        services.sids_partly,
        subflows.sid,
        subflows.revision,
        subflows.revisions,
        subflows.itself,
        subflows.nested,
    ),
    "Hand-off and routing": (
        handoff.no_failure_path,
        handoff.sid,
        handoff.goes_on,
        attributes.too_long,
        attributes.not_json,
        attributes.duplicate_key,
        attributes.unescaped_words,
        attributes.quoted_to_json,
        routing_filters.broken,
        routing_filters.filter_prefix,
        routing_filters.target_prefix,
        routing_filters.list_operator,
        routing_filters.never_reached,
        routing_filters.never_holds,
        routing_filters.no_target,
        routing_filters.no_default,
        routing_filters.timeout_cancels,
        routing_filters.target_never_tried,
        routing_queues.unknown_queue,
        routing_queues.queue_nobody,
        routing_queues.target_nobody,
        routing_queues.worker_attribute,
        routing_queues.attribute_no_list,
        routing_queues.order_no_number,
        routing_tasks.not_sent,
        routing_tasks.not_read,
        routing_tasks.value_never_sent,
        routing_tasks.value_type,
        routing_tasks.list_never_sent,
        routing_tasks.other_workflow,
    ),
    "Content templates": (
        content.unknown,
        content.variables,
        content.no_variant,
        content.limits,
        content_approval.approval,
    ),
    "Opening hours": (
        opening.no_holidays,
        opening.handoff_unasked,
        opening.stale_answer,
        opening.times_differ,
    ),
    "Channels": (
        channel.no_way_in,
        channel.reaches_voice,
        channel.too_long,
        channel.many_segments,
        channel.costly_character,
        channel.media_not_carried,
        keywords.opt_out_word,
        waits.past_window,
    ),
    "Platform limits": (
        limits.states,
        limits.list_items,
        limits.definition_size,
        limits.subflows,
        limits.value_size,
    ),
    "Style": (
        style.duplicate_state,
        style.many_states,
        style.no_description,
    ),
}

RULES: dict[str, Rule] = {rule.id: rule for rules in FAMILIES.values() for rule in rules}

_HEAD = """# Rules

What `flowlab check` and `fl.check` look for, before anything runs. An **error** leaves customers stuck or is refused
by the platform, a **warning** is likely unwanted, a **note** is worth knowing. Rules about what a channel carries speak
only where the check is asked for channels (`--channel sms`, `channels=["sms"]`); rules about routing only where it is
given a workflow, rules about opening hours and content templates only where it is given services with a calendar or
content (`--services`, `services=`). A `flowlab.toml` beside the flow, or above it, turns rules off or weighs them
otherwise:

```toml
[check.rules]
wait-no-delivery-failure = "off"    # or "error", "warning", "note"

[[check.except]]                    # the last one that fits decides
files = ["flows/old_*.json"]
states = ["ask_*"]
rules = ["flow-silent-end"]
severity = "off"
because = "replaced in May"
```

<!-- Made from the rules themselves; a test holds it to them. To make it again:
python -c "from flowlab.check import catalogue_markdown; from pathlib import Path;
Path('docs/rules.md').write_text(catalogue_markdown(), encoding='utf-8')"
-->
"""


def catalogue_markdown() -> str:
    """The page of all rules, in Markdown; it stands in ``docs/rules.md``.

    >>> print(catalogue_markdown().splitlines()[0])
    # Rules
    """
    parts = [_HEAD]
    for family, rules in FAMILIES.items():
        parts.append(f"\n## {family}\n")
        parts.extend(map(_entry, rules))
    return "".join(parts)


def _entry(rule: Rule) -> str:
    return f"\n### `{rule.id}` ({rule.severity})\n\n**{rule.title}.** {rule.why}\n\nSource: {rule.source}.\n"
