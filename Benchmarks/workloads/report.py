"""Prints what was measured."""
from measure import medians


def show(workload, costs, rounds):
    """A table of the costs, then the figures with what they must be and what we aim at."""
    middle = {key: medians(taken) for key, taken in costs.items()}
    print(f"\n{workload.title} (medians of {rounds})")
    print(f"  {'':<30}" + "".join(f"{title:>10}" for title, _, _ in workload.columns))
    for contender in workload.contenders:
        if contender.absent:
            print(f"  {contender.name:<30}{contender.absent}")
        for step in contender.steps:
            cost = middle[contender.name, step.name]
            cells = (format(getattr(cost, name), form) for _, name, form in workload.columns)
            print(f"  {contender.name + ' ' + step.name:<30}" + "".join(f"{cell:>10}" for cell in cells))
    for figure in workload.figures:
        print("  " + line(figure, middle))
    for note in workload.notes:
        print(f"  ({note})")
    print(end="", flush=True)


def line(figure, costs):
    if figure.of not in costs or figure.to and figure.to not in costs:
        return f"{figure.text:<34}{'-':>8}  not measured"
    value = getattr(costs[figure.of], figure.cost)
    if figure.to:
        value /= max(getattr(costs[figure.to], figure.cost), 1e-3)
    goals = [goal(figure, name, limit, value) for name, limit in (("must", figure.must), ("aim", figure.aim)) if limit]
    return f"{figure.text:<34}{value:>8.2f}  " + ", ".join(goals)


def goal(figure, name, limit, value):
    is_met, sign = (value >= limit, ">=") if figure.at_least else (value <= limit, "<=")
    return f"{name} {sign} {limit:g}: {'met' if is_met else 'MISSED'}"
