"""Slow readable twin of the bound that sells hours of cranes and of metres of a quay."""


def sold_cost(grid, price):
    """Each vessel at its cheapest start and cranes, hours paid, less what free hours bring."""
    cranes, cells = grid.problem.settings["cranes"], grid.allowed.shape[1]
    total = 0.0
    for t in range(grid.n_slots):
        shut = sum(z - a for low, high, a, z in grid.boxes.tolist() if low <= t < high)
        total -= price[0][t] * (1 - grid.used[t] / cranes) + price[1][t] * (1 - shut / cells)
    for v, row in enumerate(grid.rows):
        values = []
        for q in range(row["cranes_min"], min(row["cranes_max"], cranes) + 1):
            for t in range(grid.n_slots):
                done = t + int(grid.work[v, q])
                if not grid.may_start[v, t] or done > grid.n_slots or grid.out[v, done] < 0:
                    continue
                end = int(grid.out[v, done])
                value = row["weight"] * grid.problem.step_h * (end + grid.first_slot)
                value += q / cranes * sum(price[0][t:done])
                values.append(value + grid.cells[v] / cells * sum(price[1][t:end]))
        total += min(values)
    return total
