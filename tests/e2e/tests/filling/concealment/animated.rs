//! Covers that only the compositor moves: their boxes as the page's own thread knows them are elsewhere.

use super::Trick;

/// Elements that an animation puts over the chip, without a change of the page's layout.
pub const ANIMATED: [Trick; 23] = [
    ("moved in by an animation", "slide({ transform: 'translateX(-3000px)' }, { transform: 'none' })"),
    ("moved in by translate", "slide({ translate: '-3000px' }, { translate: '0' })"),
    ("grown by an animation", "slide({ transform: 'scale(0)' }, { transform: 'none' })"),
    ("grown by scale", "slide({ scale: '0' }, { scale: '1' })"),
    ("turned in", "slide({ rotate: '90deg' }, { rotate: '0deg' }, 'transform-origin:-3000px -3000px')"),
    ("faded in", "slide({ opacity: 0 }, { opacity: 1 })"),
    ("faded in from almost nothing", "slide({ opacity: .001 }, { opacity: 1 })"),
    ("a back side that turns to the front", "
        slide({ transform: 'rotateY(180deg)' }, { transform: 'rotateY(0deg)' }, 'backface-visibility:hidden')"),
    ("a moving shadow", "
        slide({ filter: 'drop-shadow(0 0 0 #fff)' }, { filter: 'drop-shadow(3000px 0 0 #fff)' },
            'inset:0 auto auto -3000px;width:1280px;height:900px')"),
    ("a clip path that opens", "slide({ clipPath: 'inset(0 100% 0 0)' }, { clipPath: 'inset(0)' })"),
    ("along a path", "
        slide({ offsetDistance: '100%' }, { offsetDistance: '0%' }, 'offset-path:path(\"M640 450 L9000 450\");offset-rotate:0deg')"),
    ("a CSS animation", "
        sheet('@keyframes over{from{transform:translateX(-3000px)} 1%,to{transform:none}}');
        topCover('animation:over 20s linear both')"),
    ("a transition", "
        const over = topCover('transform:translateX(-3000px);transition:transform 150ms');
        over.offsetWidth;
        over.style.transform = 'none'"),
    ("a moving child of a small popover", "
        const over = topCover('inset:auto;left:0;top:0;width:1px;height:1px;overflow:visible;background:none');
        slideIn(over.appendChild(cover()), { transform: 'translateX(-3000px)' }, { transform: 'none' })"),
    ("a moving popover in a closed shadow tree", "
        const over = hidden(cover('border:0;width:auto;height:auto'));
        over.popover = 'manual';
        over.showPopover();
        slideIn(over, { transform: 'translateX(-3000px)' }, { transform: 'none' })"),
    ("a moving frame", "
        const frame = document.createElement('iframe');
        frame.srcdoc = '<body style=\"margin:0;background:#fff\">';
        frame.style.cssText = 'position:fixed;inset:0;width:100vw;height:100vh;border:0;pointer-events:none';
        frame.popover = 'manual';
        document.body.append(frame);
        frame.showPopover();
        slideIn(frame, { transform: 'translateX(-3000px)' }, { transform: 'none' })"),
    ("a moving backdrop", "
        sheet('@keyframes over{from{transform:translateX(-3000px)} 1%,to{transform:none}}' +
            '.over::backdrop{background:#fff!important;pointer-events:none!important;animation:over 20s linear both}');
        topCover('inset:auto;left:0;top:0;width:1px;height:1px').className = 'over'"),
    ("a fading backdrop", "
        sheet('@keyframes over{from{opacity:0} 1%,to{opacity:1}}' +
            '.over::backdrop{background:#fff!important;pointer-events:none!important;animation:over 20s linear both}');
        topCover('inset:auto;left:0;top:0;width:1px;height:1px').className = 'over'"),
    ("a scroll timeline", "
        const scroller = cover('inset:auto;left:0;top:700px;width:100px;height:100px;overflow:scroll;scroll-timeline:--over block');
        scroller.innerHTML = '<div style=\"height:40000px\">';
        document.body.style.timelineScope = '--over';
        sheet('@keyframes over{from{transform:translateX(-3000px)} 1%,to{transform:none}}');
        topCover('animation:over 1s linear both;animation-timeline:--over');
        scroller.scrollTo({ top: 30000, behavior: 'smooth' })"),
    ("anchored to a scrolled element", "
        const scroller = cover('inset:auto;left:0;top:0;width:100px;height:100px;overflow:scroll');
        scroller.innerHTML = '<div style=\"height:40000px\"><i style=\"anchor-name:--over;position:absolute;top:5000px;width:9px;height:9px\">';
        topCover('position-anchor:--over;inset:auto;top:anchor(top);left:0;width:100vw;height:3000px');
        scroller.scrollTo({ top: 5000, behavior: 'smooth' })"),
    ("closed but still in the top layer", "
        const over = topCover('transition:overlay 1e6s allow-discrete,display 1e6s allow-discrete');
        slideIn(over, { transform: 'translateX(-3000px)' }, { transform: 'none' });
        over.hidePopover()"),
    ("a selection list", "
        sheet('select,::picker(select){appearance:base-select} ::picker(select){position:fixed;inset:0;width:auto;height:auto;' +
            'max-width:none;max-height:none;pointer-events:none;background:#fff}');
        const list = document.createElement('select');
        list.innerHTML = '<option>Play';
        document.body.append(list);
        list.showPicker()"),
    ("a view transition in a closed shadow tree", "
        const over = hidden(cover('border:0;width:auto;height:auto;left:-3000px;right:auto;width:10px;contain:layout'),
            'div::view-transition{position:fixed;inset:0;width:9000px;background:#fff;pointer-events:none}' +
            'div::view-transition-group(*){animation-duration:1e6s}');
        over.popover = 'manual';
        over.showPopover();
        over.startViewTransition?.(() => {})"),
];
