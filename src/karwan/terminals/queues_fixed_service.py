"""Services of fixed length: M/D/c and Ek/D/c, exactly."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import brentq
from scipy.special import gammainc, gammaln, lambertw, xlogy

__all__ = ["FixedService"]

Floats = NDArray[np.floating]
TELLING = 1e-3
"""Share of the sum of roots in the mean wait below which cancellation would cost digits."""
NEGLIGIBLE = 1e-17
CHUNK = 256
BLOCK = 32
FINE = 16
"""Points of the circle for each probability that is read off it."""


@dataclass(frozen=True)
class FixedService:
    """Waits for c servers that all take a time of 1.

    Served in turn, each server meets every c-th arrival, so that waits are those of one server
    whose arrivals are Erlang of m = k c phases, each of rate ``v = m occupancy``. The roots in
    the unit disc of ``z**m = exp(v (z - 1))`` give its law (Crommelin 1932 for M/D/c).

    Parameters
    ----------
    phases : int
        m, phases of an arrival times servers.
    occupancy : float
        Utilisation, above 0 and below 1.
    """

    phases: int
    occupancy: float

    @cached_property
    def mean(self) -> float:
        """Mean wait [services].

        From the roots; where that loses digits, since waits are rare, by Spitzer's (1956) sum.
        """
        m, rate = self.phases, self._rate
        others = float((1.0 / (1.0 - self._roots)).real.sum()) / rate
        load = self.occupancy / (2.0 * (1.0 - self.occupancy))
        wait = others - (m * (m - 1) / rate**2 - 1.0) * load
        return wait if wait > TELLING * others else self._spitzer(mean=True)

    @cached_property
    def all_busy(self) -> float:
        """Chance of a wait."""
        log_none = np.log(self.phases * (1.0 - self.occupancy))
        wait = -float(np.expm1(log_none - np.log(1.0 - self._roots).real.sum()))
        return wait if wait > TELLING else -float(np.expm1(-self._spitzer(mean=False)))

    def beyond(self, time: float) -> float:
        """Return the chance of a wait longer than a time [services].

        Who comes starts within q - u services, 0 < u <= 1, if those who wait u before and those
        who come since are fewer than q for each server (Franx 2001 for M/D/c; here for Erlang
        arrivals, by phases). Long waits decay as one exponential, to all digits.
        """
        if time > self._late:
            return self.beyond(self._late) * float(np.exp(-self._decay * (time - self._late)))
        whole = int(time) + 1
        past = self._rate * (whole - time)
        most = self.phases * whole
        came = np.arange(most)
        chance = np.exp(xlogy(came, past) - past - gammaln(came + 1))
        return 1.0 - self.phases * float(self._queue[most - 1 - came] @ chance)

    @property
    def _rate(self) -> float:
        return self.phases * self.occupancy

    @property
    def _late(self) -> float:
        """Services after which the second decay is below all digits."""
        return float(2 + np.ceil(60.0 / np.sqrt(2.0 * np.pi * self.phases)))

    @cached_property
    def _roots(self) -> NDArray[np.complex128]:
        """Roots but 1: branches of ``z = w exp(occupancy (z - 1))`` for the w with w**m = 1."""
        rho = self.occupancy
        turns = np.exp(2j * np.pi * np.arange(1, self.phases) / self.phases)
        z = -lambertw(-rho * np.exp(-rho) * turns) / rho
        for _ in range(2):
            image = turns * np.exp(rho * (z - 1.0))
            z = z - (z - image) / (1.0 - rho * image)
        return np.asarray(z)

    @cached_property
    def _decay(self) -> float:
        """Rate at which long waits become less likely, from the root above 1 [1/service]."""

        def excess(x: float) -> float:
            return float(np.log1p(x) / x - self.occupancy)

        top = 4.0 * max(1.0, -np.log(self.occupancy)) / self.occupancy**2
        return self._rate * float(brentq(excess, 1e-15, top, xtol=1e-300, rtol=1e-15))

    def _spitzer(self, *, mean: bool) -> float:
        """Sum over n the positive part of n services less n arrivals, or its chance, over n."""
        total, start = 0.0, 1
        while True:
            n = np.arange(start, start + CHUNK, dtype=np.float64)
            phases, clock = n * self.phases, n * self._rate
            terms = gammainc(phases, clock)
            if mean:
                terms = n * terms - phases / self._rate * gammainc(phases + 1, clock)
            terms = terms / n
            total += float(terms.sum())
            if terms[-1] <= NEGLIGIBLE * total:
                return total
            start += CHUNK

    @cached_property
    def _queue(self) -> Floats:
        """Chance of so many phases that wait, summed over steps of m; read off a circle."""
        m, need = self.phases, self.phases * (int(self._late) + 1)
        count = 1 << (FINE * need - 1).bit_length()
        radius = NEGLIGIBLE ** (1.0 / count)
        z = radius * np.exp(2j * np.pi * np.arange(count) / count)
        log_product = np.zeros(count, np.complex128)
        for i in range(0, m - 1, BLOCK):
            roots = self._roots[i : i + BLOCK, None]
            log_product += np.log(((z - roots) / (1.0 - roots)).prod(axis=0))
        full = np.exp(m * np.log(z))
        law = (1.0 - self.occupancy) * (full - 1.0) * np.exp(log_product)
        law /= full - np.exp(self._rate * (z - 1.0))
        chance = np.fft.fft(law)[:need].real / count / radius ** np.arange(need)
        return np.asarray(chance.reshape(-1, m).cumsum(axis=0).ravel())
