package io.millrace.boot.autoconfigure;

/**
 * What the observations of requests tell of the engine.
 */
public class TracingProperties {

	/**
	 * Whether the spans of requests tell what ran them, how urgent they were and how long
	 * they waited. Only where the application traces, or metric-tags is set.
	 */
	private boolean enabled = true;

	/**
	 * Whether the meter http.server.requests has the same as tags, with the wait in five
	 * classes. That adds tags to a meter that dashboards know, and up to five times as
	 * many series while requests wait.
	 */
	private boolean metricTags = false;

	public boolean isEnabled() {
		return this.enabled;
	}

	public void setEnabled(boolean enabled) {
		this.enabled = enabled;
	}

	public boolean isMetricTags() {
		return this.metricTags;
	}

	public void setMetricTags(boolean metricTags) {
		this.metricTags = metricTags;
	}

}
