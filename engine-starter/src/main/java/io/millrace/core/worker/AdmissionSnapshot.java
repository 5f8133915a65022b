package io.millrace.core.worker;

/**
 * One reading of an {@link Admission}.
 *
 * @param limit how many requests may be in flight at the moment
 * @param inFlight how many are, urgent ones not counted; may be above a limit that has
 * just fallen
 */
public record AdmissionSnapshot(int limit, int inFlight) {

}
