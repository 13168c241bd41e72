/** A failure is made smaller by so many tries, not by thousands: histories are long. */
const PATIENCE = 300

/** The property `look`, patient with what fails: after so many tries everything passes, which ends the search for something smaller; the failure stands. */
export function patient<T extends unknown[]>(look: (...drawn: T) => void): (...drawn: T) => void {
  let tries = 0
  return (...drawn) => {
    if (tries > PATIENCE) return
    if (tries > 0) tries++
    try {
      look(...drawn)
    } catch (error) {
      tries = Math.max(1, tries)
      throw error
    }
  }
}
