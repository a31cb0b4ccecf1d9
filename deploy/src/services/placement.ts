import { type Deployment } from '../compose/compose-file.js';
import { type StackOptions } from '../options.js';

/** Keeps a service with a volume of its own on the node that holds the volume. */
export function statefulPlacement(
  service: 'redis' | 'grafana' | 'prometheus',
  options: StackOptions,
): Pick<Deployment, 'placement'> {
  return {
    placement: {
      constraints: [
        options.placement === 'labels' ? `node.labels.atalaya.${service} == true` : 'node.role == manager',
      ],
    },
  };
}

/** Replicas apart from one another, so that the loss of a node takes few of them. */
export const SPREAD: Pick<Deployment, 'placement'> = {
  placement: { preferences: [{ spread: 'node.id' }] },
};
