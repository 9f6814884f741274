import '@xyflow/react/dist/style.css';
import './plan-graph.css';
import StatusIndicator from '@cloudscape-design/components/status-indicator';
import { Controls, Handle, MarkerType, MiniMap, Position, ReactFlow } from '@xyflow/react';
import type { Edge, Node, NodeProps } from '@xyflow/react';
import type { ReactElement } from 'react';
import { useMemo } from 'react';
import type { StepStatus } from '../../core/model/step.ts';
import { stepKinds } from '../format/status.tsx';
import { plan } from '../strings/plan.ts';
import { stepStatusTexts } from '../strings/statuses.ts';
import { heightOf, placesOf, stepSize } from './wave-layout.ts';

/** What a graph shows of a step. */
export interface GraphStep {
  readonly id: string;
  readonly action: string;
  readonly after: readonly string[];
  readonly optional: boolean;
  /** Steps of a later one stand behind those of earlier ones. */
  readonly group: number;
  readonly status: StepStatus | undefined;
}

interface PlanGraphProps {
  readonly steps: readonly GraphStep[];
  readonly selectedId?: string | undefined;
  readonly onSelect?: (id: string) => void;
}

type StepNode = Node<{ readonly step: GraphStep }, 'step'>;

const kinds = { step: StepBox };
/** Of the graph, in pixels: as high as the plan, within reason. */
const lowest = 200;
const tallest = 560;
const margin = 120;
/** Larger plans begin at their first steps, where they can be read, with a map to find the others. */
const stepsSeenWhole = 60;

/** The steps of a plan and what waits for what. Only what is in view is drawn. The table of steps says the same in words. */
export default function PlanGraph({ steps, selectedId, onSelect }: PlanGraphProps): ReactElement {
  // What a step has come to does not move it.
  const shape = JSON.stringify(steps.map(({ id, after, group }) => [id, after, group]));
  const places = useMemo(() => placesOf(shapeOf(shape)), [shape]);
  const nodes = steps.map((step): StepNode => ({
    ...{ id: step.id, type: 'step', position: places.get(step.id) ?? { x: 0, y: 0 }, data: { step } },
    ...{ selected: step.id === selectedId, ...stepSize, draggable: false, connectable: false, deletable: false },
    ariaLabel: plan.node(step.id, step.action, step.status && stepStatusTexts[step.status]),
  }));
  const edges = useMemo(() => edgesOf(shapeOf(shape)), [shape]);
  const isSmall = steps.length <= stepsSeenWhole;
  return (
    <div
      className="plan-graph"
      role="group"
      aria-label={plan.graphOf(steps.length)}
      style={{ blockSize: Math.min(tallest, Math.max(lowest, heightOf(places) + margin)) }}
    >
      <ReactFlow
        nodes={nodes}
        edges={edges}
        nodeTypes={kinds}
        onlyRenderVisibleElements
        fitView={isSmall}
        fitViewOptions={{ maxZoom: 1, minZoom: 0.35 }}
        defaultViewport={{ x: 24, y: 24, zoom: 0.7 }}
        minZoom={0.02}
        nodesConnectable={false}
        edgesFocusable={false}
        elementsSelectable={onSelect !== undefined}
        proOptions={{ hideAttribution: false }}
        onNodeClick={(_, node) => onSelect?.(node.id)}
        // By the keyboard; what is selected is what the address says.
        onNodesChange={(changes) => {
          const chosen = changes.find((change) => change.type === 'select' && change.selected);
          if (chosen?.type === 'select' && chosen.id !== selectedId) onSelect?.(chosen.id);
        }}
      >
        <Controls showInteractive={false} aria-label={plan.controls} />
        {!isSmall && <MiniMap pannable zoomable ariaLabel={plan.map} />}
      </ReactFlow>
    </div>
  );
}

type Shape = readonly (readonly [string, readonly string[], number])[];

function shapeOf(text: string) {
  return (JSON.parse(text) as Shape).map(([id, after, group]) => ({ id, after, group }));
}

function edgesOf(steps: ReturnType<typeof shapeOf>): Edge[] {
  const known = new Set(steps.map(({ id }) => id));
  return steps.flatMap(({ id, after }) =>
    after
      .filter((other) => known.has(other))
      .map((other) => ({
        ...{ id: `${other}>${id}`, source: other, target: id, selectable: false, focusable: false },
        markerEnd: { type: MarkerType.ArrowClosed },
      })),
  );
}

function StepBox({ data: { step } }: NodeProps<StepNode>): ReactElement {
  const { id, action, status, optional } = step;
  return (
    <div className={`plan-step${status === undefined ? '' : ` plan-step-${status}`}`}>
      <Handle type="target" position={Position.Left} />
      <div className="plan-step-id">
        {status !== undefined && (
          <StatusIndicator type={stepKinds[status]} iconAriaLabel={stepStatusTexts[status]}>
            {''}
          </StatusIndicator>
        )}
        <span title={id}>{id}</span>
      </div>
      <div className="plan-step-action" title={action}>
        {action}
        {optional ? ` (${plan.optional})` : ''}
      </div>
      <Handle type="source" position={Position.Right} />
    </div>
  );
}
